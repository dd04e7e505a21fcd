# Two dimensions by joined keys: row and column sums.
BEGIN {
    for (r = 1; r <= 3; r++) for (c = 1; c <= 4; c++) m[r, c] = r * c
    for (k in m) { split(k, p, SUBSEP); row[p[1]] += m[k]; col[p[2]] += m[k] }
    print row[1], row[2], row[3]; print col[1], col[2], col[3], col[4]
    for (r = 1; r <= 3; r++) if ((r, 4) in m) delete m[r, 4]; n = 0; for (k in m) n++; print n
}
