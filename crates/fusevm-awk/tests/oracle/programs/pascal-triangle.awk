# Pascal's triangle and binomials.
BEGIN {
    for (n = 0; n < 8; n++) {
        s = ""; row[0] = 1; for (k = n; k > 0; k--) row[k] += row[k - 1]
        for (k = 0; k <= n; k++) s = s sprintf("%4d", row[k]); printf "%*s%s\n", (8 - n) * 2, "", s
    }
}
