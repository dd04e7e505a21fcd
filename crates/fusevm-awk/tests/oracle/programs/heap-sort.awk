#: files emp.txt
# A heap sort of records by rate and name.
{ rec[NR] = $0; rate[NR] = $2; name[NR] = $1 }
function after(i, j) { return rate[i] > rate[j] || rate[i] == rate[j] && name[i] > name[j] }
function sift(h, i, n,   c, t) {
    while ((c = 2 * i) <= n) {
        if (c < n && after(h[c + 1], h[c])) c++
        if (!after(h[c], h[i])) return
        t = h[i]; h[i] = h[c]; h[c] = t; i = c
    }
}
END {
    for (i = 1; i <= NR; i++) h[i] = i
    for (i = int(NR / 2); i; i--) sift(h, i, NR)
    for (n = NR; n > 1; n--) { t = h[1]; h[1] = h[n]; h[n] = t; sift(h, 1, n - 1) }
    for (i = 1; i <= NR; i++) print rec[h[i]]
}
