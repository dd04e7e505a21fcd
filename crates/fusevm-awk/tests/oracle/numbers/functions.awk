# The arithmetic functions, rounded to a few digits.
BEGIN {
    pi = atan2(0, -1)
    printf "%.10f %.6f %.6f %.6f\n", pi, atan2(1, 1), atan2(-1, -1), atan2(1, 0)
    printf "%.6f %.6f %.6f %.6f\n", sin(pi / 6), cos(pi / 3), sin(0), cos(0)
    printf "%.6f %.6f %.6f %.6f\n", exp(0), exp(1), log(exp(2)), log(10)
    printf "%.6f %.6f %.6f %.6f\n", sqrt(16), sqrt(2), exp(log(8) / 3), sqrt("4 apples")
    print exp(0), log(1), sqrt(9), sin(0), cos(0), atan2(0, 1), int(exp(1)), exp("x")
}
