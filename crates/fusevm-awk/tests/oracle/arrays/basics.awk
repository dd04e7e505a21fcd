# Elements come to be when they are named, except in `in`.
BEGIN {
    print ("x" in a), length(a); a["x"]; print ("x" in a), length(a)
    if (a["y"] == "") print "y is empty now there", ("y" in a)
    a["x"] = 1; a["x"]++; print a["x"]; delete a["x"]; print ("x" in a), length(a), a["x"] ""
    b[1] = "one"; b["1"] = "uno"; b[01] = "eins"; print b[1], length(b); print b[1.0], b["1.0"] "", length(b)
    c[""] = "empty key"; print c[u], c[""], length(c)
}
