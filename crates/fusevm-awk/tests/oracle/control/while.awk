# while, do-while and for loops with break and continue.
BEGIN {
    while (i < 3) { s = s i; i++ } print s; do { t = t "x"; n++ } while (n < 3); print t
    do print "once"; while (0)
    for (i = 0; i < 10; i++) { if (i == 2) continue; if (i == 5) break; printf "%d ", i } print i
    for (;;) if (++k > 4) break; print k; while (1) { if (++m % 2) continue; if (m > 5) break; q = q m }
    print q, m
    for (i = 0; i < 3; i++) for (j = 0; j < 3; j++) { if (j > i) break; r = r i j " " } print r
    for (x = 10; x; x -= 5); print x; do { if (++w == 2) continue; if (w == 4) break; v = v w } while (w < 6)
    print v, w
}
