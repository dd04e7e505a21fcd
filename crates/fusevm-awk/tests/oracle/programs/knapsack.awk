# Dynamic programming with an array of best values.
BEGIN {
    n = split("12 2 1 4 1", w); split("4 2 1 10 2", v)
    for (i = 1; i <= n; i++) for (c = 15; c >= w[i]; c--) if (best[c - w[i]] + v[i] > best[c] + 0) {
        best[c] = best[c - w[i]] + v[i]; pick[c] = pick[c - w[i]] " " i
    }
    print best[15], pick[15]; print best[5], best[1], best[0] + 0
}
