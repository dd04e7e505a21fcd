# A function fills an array that its caller keeps local.
function divisors(n, out,   i, m) {
    split("", out); for (i = 1; i <= n; i++) if (n % i == 0) out[++m] = i; return m
}
function report(n,   d, m, i, s) {
    m = divisors(n, d); for (i = 1; i <= m; i++) s = s " " d[i]; return n ":" s
}
BEGIN { for (n = 1; n <= 12; n += n > 5 ? 2 : 1) print report(n); print report(28) }
