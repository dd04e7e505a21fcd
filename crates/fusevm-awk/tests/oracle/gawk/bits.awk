#: only gawk
BEGIN {
    print and(12, 10), or(12, 10, 1), xor(12, 10, 3), lshift(3, 4), rshift(256, 3), compl(0)
    print strtonum("0x1F"), strtonum("017"), strtonum("1e2"), strtonum(" 12 "), strtonum("0xZ"), strtonum("")
    print 2 ** 10, 2 ** 3 ** 2, x = 3, x ** 2; y = 2; y **= 5; print y
    srand(7); a = rand(); b = rand(); srand(7); print a == rand(), b == rand(), srand(), a
}
