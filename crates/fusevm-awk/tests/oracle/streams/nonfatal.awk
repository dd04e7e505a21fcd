#: only gawk
# Failures of output that the program wants to know of.
BEGIN {
    PROCINFO["no/such/file", "NONFATAL"] = 1
    print "x" > "no/such/file"
    print ERRNO
    PROCINFO["NONFATAL"] = 1
    print "x" > "/"
    print ERRNO
}
