# Data passed through commands in both directions.
BEGIN {
    c = "tr a-z A-Z > up.txt"; print "hello" | c; print "world" | c; close(c)
    while ((getline l < "up.txt") > 0) print l
    while (("printf '3\\n1\\n2\\n' | sort" | getline n) > 0) s = s n; print s
}
