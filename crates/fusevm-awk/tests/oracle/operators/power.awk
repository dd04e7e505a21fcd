# Exponents: whole, negative, fractional, and the laws at zero.
BEGIN {
    print 2 ^ 10, 2 ^ 0, 0 ^ 0, 0 ^ 5, 2 ^ -1, 10 ^ -2, 4 ^ 0.5, 27 ^ (1 / 3), (-2) ^ 3, (-2) ^ -2
    print 2 ^ 31, 2 ^ 53, 2 ^ 62, 3 ^ 20, 10 ^ 15, 1.5 ^ 2, -2 ^ 2, 2 ^ 2 ^ 3, 1 ^ 1e9
    x = 3; x ^= 2; print x; x ^= 0.5; print x; print x ^ 2 ^ 0, -x ^ 2, 2 ^ x + 1, 2 ^ -x
}
