# Sums of floats accumulate their error and integers do not.
BEGIN {
    for (i = 0; i < 10; i++) s += 0.1; print s, (s == 1), (s > 0.999999)
    for (i = 1; i <= 1000; i++) t += i; print t
    for (i = 1; i <= 1000; i++) u += 1 / i; printf "%.10f\n", u
    for (i = 0; i < 100; i++) v = v * 3 % 1000003 + i; print v
    p = 1; for (i = 0; i < 30; i++) p = p * 16807 % 2147483647; print p
}
