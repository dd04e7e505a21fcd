# > empties a file once per run and then goes on; >> adds.
BEGIN {
    print "old" > "f"; close("f"); print "one" > "f"; print "two" > "f"; print "three" >> "f"; close("f")
    print "four" >> "f"; close("f")
    while ((getline l < "f") > 0) s = s " " l; print s; close("f"); print "fresh" > "f"; close("f")
    getline l < "f"; print l, (getline l < "f")
}
