# A record of ten thousand fields.
BEGIN {
    for (i = 1; i <= 10000; i++) s = s i " "; $0 = s; print NF, $1, $5000, $10000; $10001 = "end"
    print NF, length($0); for (i = 1; i <= NF; i++) t += $i; print t; NF = 10; print; $3000 = "x"
    print NF, length($0)
}
