# delete takes away one element; deleting what is not there does nothing.
BEGIN {
    for (i = 1; i <= 10; i++) a[i] = i * i
    delete a[3]; delete a["7"]; delete a[99]; delete none["x"]
    print length(a), (3 in a), (99 in a), length(none)
    for (i = 1; i <= 10; i++) if (i in a) s = s " " a[i]; print s
    i = 4; delete a[i + 1]; delete a[i++]; print length(a), i, (4 in a), (5 in a)
    a[3] = "back"; print a[3], length(a)
}
