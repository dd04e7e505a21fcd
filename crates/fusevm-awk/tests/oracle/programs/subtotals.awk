#: options -F,
#: files sales.csv
# A report with subtotals by region and day.
FNR == 1 { next }
{ value = $4 * $5; total += value; by[$2] += value; n[$2]++; grid[$2, $3] += $4; regions[$2]; products[$3] }
END {
    k = sort(regions, r); m = sort(products, p)
    printf "%-8s", "region"; for (j = 1; j <= m; j++) printf "%8s", p[j]; print "   value  share"
    for (i = 1; i <= k; i++) {
        printf "%-8s", r[i]
        for (j = 1; j <= m; j++) { q = grid[r[i], p[j]]; printf "%8s", (q == "" ? "-" : q); sum[j] += q }
        printf "%8.2f %5.1f%%\n", by[r[i]], 100 * by[r[i]] / total
    }
    printf "%-8s", "all"; for (j = 1; j <= m; j++) printf "%8d", sum[j]; printf "%8.2f %5.1f%%\n", total, 100
}
function sort(set, out,   k, n, j) {
    for (k in set) { for (j = n++; j && out[j] > k; j--) out[j + 1] = out[j]; out[j + 1] = k } return n
}
