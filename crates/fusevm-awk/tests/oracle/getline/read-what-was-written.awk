# A file written, closed and read back; then appended to.
BEGIN {
    f = "out.txt"; for (i = 1; i <= 3; i++) print "line", i > f; close(f)
    while ((getline l < f) > 0) print "got", l; close(f)
    print "more" >> f; close(f); n = 0; while ((getline l < f) > 0) n++; print n, l; close(f)
    printf "short" > f; close(f); getline l < f; print l
}
