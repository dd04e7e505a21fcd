# Concatenation stands below sums: a sign after an operand is a binary operator.
BEGIN {
    print 1 " " -1, 1 -1, 1 - 1 " " 2, 1 " " 2 + 3
    print 2 * 3 4, 2 3 * 4, (1 2) + 3, 1 (2 + 3)
    x = "A"; print x -1, x " " -1, (x) (-1), x (-1) x
    print -1 " " -1, 1 "" -2 "" 3, 12 " " 3 ^ 2, (1 2 == 12), ("a" "b" == "ab")
    n = 3; print n n, n "" n + 1, n n + 1, n+1 n-1
}
