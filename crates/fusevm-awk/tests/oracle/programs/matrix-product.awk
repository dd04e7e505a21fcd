#: files matrix.txt
# A matrix times its transpose, and its trace.
{ for (i = 1; i <= NF; i++) a[NR, i] = $i; cols = NF }
END {
    for (i = 1; i <= NR; i++) {
        for (j = 1; j <= NR; j++) {
            s = 0; for (k = 1; k <= cols; k++) s += a[i, k] * a[j, k]; printf "%6d", s; if (i == j) t += s
        }
        print ""
    }
    print t
}
