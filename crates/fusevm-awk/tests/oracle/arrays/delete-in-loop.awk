# A loop may delete the elements it visits.
BEGIN {
    for (i = 1; i <= 100; i++) a[i] = i
    for (k in a) if (k % 3) delete a[k]
    for (k in a) { n++; sum += k }
    print n, sum, length(a)
    for (k in a) delete a[k]
    for (k in a) print "never"; print length(a)
}
