# A hundred thousand elements, numeric and not.
BEGIN {
    for (i = 0; i < 100000; i++) { a[i] = i; b["k" i % 1000] += i }
    for (k in a) { s += a[k]; n++ } print n, s, length(b), b["k999"], b["k0"]
    for (i = 0; i < 100000; i += 2) delete a[i]; print length(a), (50000 in a), a[50001]
    for (i = 99999; i >= 0; i--) a[i] = -i; print length(a), a[0], a[99999]
}
