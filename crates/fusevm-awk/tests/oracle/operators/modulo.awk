# The remainder has the sign of the dividend and works on fractions.
BEGIN {
    print 7 % 3, -7 % 3, 7 % -3, -7 % -3, 5.5 % 2, -5.5 % 2, 0 % 5, 3 % 5, 1e15 % 7
    printf "%.4f %.4f %.4f\n", 1 % 0.3, 7.25 % 2.5, 2 ^ 53 % 10
    x = 17; x %= 5; print x, x % x
}
