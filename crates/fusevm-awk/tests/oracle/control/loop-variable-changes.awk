# The body may change the loop's variable, the bound and the array.
BEGIN {
    for (i = 0; i < 10; i++) { printf "%d ", i; i += i % 3 } print ""; n = 5
    for (i = 0; i < n; i++) if (i == 2) n = 4; print i; a[1]; for (k in a) delete a[k]; print length(a)
    while (n --> 0) printf "%d", n; print ""
}
