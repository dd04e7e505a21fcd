# All orders of four letters by recursion with a string and with an array.
function perm(prefix, rest,   i) {
    if (rest == "") { n++; last = prefix; if (n <= 3) print prefix; return }
    for (i = 1; i <= length(rest); i++)
        perm(prefix substr(rest, i, 1), substr(rest, 1, i - 1) substr(rest, i + 1))
}
function swaps(a, k, m,   i, t) {
    if (k == m) { sum += a[1] * 1000 + a[2] * 100 + a[3] * 10 + a[4]; return }
    for (i = k; i <= m; i++) {
        t = a[k]; a[k] = a[i]; a[i] = t; swaps(a, k + 1, m); t = a[k]; a[k] = a[i]; a[i] = t
    }
}
BEGIN { perm("", "abcd"); print n, last; split("1 2 3 4", d); swaps(d, 1, 4); print sum, d[1] d[2] d[3] d[4] }
