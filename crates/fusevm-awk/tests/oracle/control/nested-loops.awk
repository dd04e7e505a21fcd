# Multiplication table, triangle and primes by trial.
BEGIN {
    for (i = 1; i <= 4; i++) { for (j = 1; j <= 4; j++) printf "%4d", i * j; print "" }
    for (i = 1; i <= 4; i++) {
        s = ""; for (j = i; j < 4; j++) s = s " "; for (j = 0; j < i; j++) s = s "* "; sub(/ $/, "", s)
        print s
    }
    for (n = 2; n < 40; n++) {
        p = 1; for (d = 2; d * d <= n; d++) if (n % d == 0) { p = 0; break } if (p) printf "%d ", n
    }
    print ""
}
