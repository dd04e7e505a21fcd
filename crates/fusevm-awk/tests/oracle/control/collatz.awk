# Collatz lengths.
BEGIN {
    for (i = 1; i <= 30; i++) {
        n = i; c = 0; while (n != 1) { n = n % 2 ? 3 * n + 1 : n / 2; c++ } if (c > best) { best = c; at = i }
        s = s c " "
    }
    print s; print at, best
}
