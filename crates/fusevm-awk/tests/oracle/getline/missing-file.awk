# A file that cannot be opened gives -1 and changes nothing.
BEGIN {
    line = "kept"; $0 = "a b"; print (getline line < "no/such/file"), line
    print (getline < "no/such/file"), $0, NF
    while ((getline line < "missing") > 0) print "never"; if ((getline x < "missing") < 0) print "cannot read"
    print close("missing")
}
