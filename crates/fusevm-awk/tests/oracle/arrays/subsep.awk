# Comma subscripts join with SUBSEP.
BEGIN {
    a[1, 2] = "x"; a["a", "b", "c"] = "y"
    print ((1, 2) in a), ((2, 1) in a), (("a", "b", "c") in a), a[1 SUBSEP 2], length(SUBSEP)
    for (k in a) { n = split(k, p, SUBSEP); s[n] = p[1] "/" p[n] }
    print s[2], s[3]
    SUBSEP = ":"; a[3, 4] = "z"; print a["3:4"], ((3, 4) in a), ("3:4" in a), ((1, 2) in a), ("1\0342" in a)
    delete a["a:b:c"]; delete a[3, 4]; print length(a), (("3", "4") in a)
    i = 1; m[i, i + 1] = i + 2; print m[1, 2]; m[1, 2] += 4; print m["1:2"], m[i++, 2], i
}
