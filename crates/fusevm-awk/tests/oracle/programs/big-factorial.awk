# Factorials with digits in an array.
function mul(d, n,   i, c, t) {
    for (i = 1; i <= d[0] || c; i++) {
        t = (i <= d[0] ? d[i] : 0) * n + c; d[i] = t % 10000; c = int(t / 10000)
    }
    if (i - 1 > d[0]) d[0] = i - 1
}
function text(d,   i, s) { s = d[d[0]]; for (i = d[0] - 1; i > 0; i--) s = s sprintf("%04d", d[i]); return s }
BEGIN {
    d[0] = d[1] = 1; for (n = 2; n <= 60; n++) { mul(d, n); if (n % 20 == 0) print n "! = " text(d) }
    print length(text(d))
}
