# Quicksort in place on an array parameter.
function qsort(a, lo, hi,   i, last) {
    if (lo >= hi) return
    swap(a, lo, lo + int((hi - lo + 1) / 2)); last = lo
    for (i = lo + 1; i <= hi; i++) if (a[i] < a[lo]) swap(a, ++last, i)
    swap(a, lo, last); qsort(a, lo, last - 1); qsort(a, last + 1, hi)
}
function swap(a, i, j,   t) { t = a[i]; a[i] = a[j]; a[j] = t }
BEGIN {
    seed = 7; for (i = 1; i <= 200; i++) { seed = (seed * 1103 + 377) % 10007; v[i] = seed }
    qsort(v, 1, 200); for (i = 2; i <= 200; i++) if (v[i - 1] > v[i]) bad++
    print bad + 0, v[1], v[100], v[200]
    n = split("pear fig apple kiwi date", w); qsort(w, 1, n); for (i = 1; i <= n; i++) s = s w[i] " "; print s
}
