# More output than any buffer holds, to a file and to a pipe.
BEGIN {
    for (i = 0; i < 20000; i++) { print "line number", i > "big"; print i | "tail -1" } close("tail -1")
    close("big"); while ((getline l < "big") > 0) n += length(l) + 1; print n, l
}
