#: only gawk
#: exit 2
#: stderr some
BEGIN {
    a[1] = 1
    print "before"
    a[1][1] = 2
}
