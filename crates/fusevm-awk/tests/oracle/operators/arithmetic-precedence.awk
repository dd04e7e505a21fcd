# Powers bind tightest, then signs, then products, then sums.
BEGIN {
    print 2 + 3 * 4, (2 + 3) * 4, 20 - 3 - 2, 100 / 10 / 5, 7 % 4 * 3
    print 2 ^ 3 ^ 2, (2 ^ 3) ^ 2, -2 ^ 2, (-2) ^ 2, 2 ^ -1, 2 ^ -2 ^ 2
    print -3 % 2, 3 % -2, -3 - -3, - - 3, 2 - -2, 1 - - 1
    print 2 * -3, 2 ^ 2 * 3, 3 * 2 ^ 2, -2 * -2, 10 - 2 * 3 + 1
    print 10 % 4 ^ 2, 2 * 3 % 4, 1 / 4 * 4, 5 - 1 / 2
}
