# break and continue in for-in; the variable keeps its last value.
BEGIN {
    for (i = 1; i <= 5; i++) a[i] = i * 10; for (k in a) { if (k == 3) continue; t += a[k] } print t
    for (k in a) { n++; if (n == 2) break } print n, (k in a); for (k in a) for (j in a) if (j == k) same++
    print same
}
