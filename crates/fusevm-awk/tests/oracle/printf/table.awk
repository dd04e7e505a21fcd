#: files emp.txt
# A table with headings and a rule.
BEGIN {
    fmt = "%-10s|%8s|%6s|%9s\n"; printf fmt, "name", "rate", "hours", "pay"; s = sprintf("%37s", "")
    gsub(/ /, "-", s); print s
}
{ pay = $2 * $3; total += pay; printf "%-10.6s|%8.2f|%6d|%9.2f\n", $1, $2, $3, pay }
END {
    print s; printf "%-10s|%8s|%6s|%9.2f\n", "total", "", "", total
    printf "%-10s|%8.3e|%6.1f|%+9.0f\n", "mean", total / NR, NR, total / NR
}
