# Beyond 2^53 only some integers exist; they still print in full up to 2^63.
BEGIN {
    print 2 ^ 53, 2 ^ 53 + 1, 2 ^ 53 + 2, 2 ^ 54 + 2, 9007199254740993, 2 ^ 60, 2 ^ 62, -2 ^ 62
    print (2 ^ 53 == 2 ^ 53 + 1 ? "equal" : "not"), 1e18 + 1, 999999999999999999
    f = 1; for (i = 1; i <= 20; i++) f *= i; print f
    x = 2 ^ 53; x++; print x; y = 2147483647; y++; print y, y * y
    printf "%d %d %d %s\n", 2 ^ 53 + 1, 1e15, -2 ^ 60, 2 ^ 61
}
