# A table of cut and padded columns.
BEGIN { printf "%-5s|%-12s|%12s|%s\n", "line", "first", "last", "rest" }
{ printf "%05d|%-12.12s|%12.12s|%.40s|%5.1f%%\n", NR, $1, $NF, substr($0, length($1) + 2), 100 * length($1) / (length($0) + 1) }
