#: only gawk
# PROCINFO["errno"] is the number of what ERRNO says.
BEGIN {
    print ("errno" in PROCINFO)
    print (getline line < "missing"), PROCINFO["errno"], ERRNO
    print close("never opened"), PROCINFO["errno"], ERRNO
    print (getline line < "."), PROCINFO["errno"], ERRNO
    PROCINFO["missing/file", "NONFATAL"]
    print "x" > "missing/file"; print PROCINFO["errno"], ERRNO
}
