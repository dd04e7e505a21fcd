#: files emp.txt
# The file name comes from the data.
{ print $1 > ($4 ".out") }
END {
    n = split("research sales support", d)
    for (i = 1; i <= n; i++) {
        f = d[i] ".out"; close(f); s = ""; while ((getline x < f) > 0) s = s " " x; print d[i] ":" s
    }
}
