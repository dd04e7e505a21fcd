# Parentheses of all kinds.
BEGIN {
    print((1 + 2) * 3); print (1 + 2) * 3; print (1)(2)(3); print ((("deep"))); x = ((1))
    print x, (x) + 1, -(x), !(x), (x = 5) x; print (1 + 1), (3); print (4, 5) > "/dev/stdout"
    if ((1)) print "ok"; while ((0)) ;
    print length("ab") length("c"), substr("abc", (1), (2)), ((1) < (2) ? "t" : "f"); $(1) = "f"; print $0
}
