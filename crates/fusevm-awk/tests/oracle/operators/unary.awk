# Signs and negation, and what they make of strings.
BEGIN {
    print +"3x", -"4y", -"", +"", -"abc" + 0, +u, -u + 0
    print !"", !"a", !0, !"0", !u, !1, !!5, !!"", !-1, - !0, !+0
    x = 5; print -x, - -x, +-x, -+x, !x, !!x, !-x, -!x
    print 1 - -1, 1 - - - 1, 2 * - 3, !x + 1, !0 * 3, -x ^ 2, !x ^ 2
}
