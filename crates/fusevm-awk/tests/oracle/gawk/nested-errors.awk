#: only gawk
#: exit 2
#: stderr some
BEGIN {
    a[1][1] = 1
    print "before"
    print a[1]
}
