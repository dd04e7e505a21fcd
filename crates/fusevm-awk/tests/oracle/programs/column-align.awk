#: stdin name qty price\napple 10 0.5\nwatermelon 2 12.25\nfig 100 3\n
# Columns as wide as their widest cell, numbers to the right.
{
    for (i = 1; i <= NF; i++) {
        c[NR, i] = $i; if (length($i) > w[i]) w[i] = length($i); if (NR > 1 && $i !~ /^[0-9.]+$/) text[i] = 1
    }
    n = NF
}
END {
    for (r = 1; r <= NR; r++) {
        s = ""; for (i = 1; i <= n; i++) s = s sprintf(text[i] ? "%-*s  " : "%*s  ", w[i], c[r, i])
        sub(/ +$/, "", s); print s
        if (r == 1) {
            s = ""
            for (i = 1; i <= n; i++) {
                d = sprintf("%*s", w[i], ""); gsub(/ /, "-", d); s = s d (i < n ? "  " : "")
            }
            print s
        }
    }
}
