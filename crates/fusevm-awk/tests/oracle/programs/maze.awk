#: stdin #########\n#S..#..E#\n#.#.#.#.#\n#.#...#.#\n#########\n
# Breadth-first search through a maze.
{
    for (x = 1; x <= length($0); x++) {
        c = substr($0, x, 1); if (c != "#") open_[NR, x]; if (c == "S") start = NR SUBSEP x
        if (c == "E") goal = NR SUBSEP x
    }
    row[NR] = $0
}
END {
    queue[tail++] = start; dist[start] = 0
    while (head < tail) {
        cur = queue[head++]; split(cur, p, SUBSEP)
        for (d = 0; d < 4; d++) {
            y = p[1] + (d == 0) - (d == 1); x = p[2] + (d == 2) - (d == 3); k = y SUBSEP x
            if ((y, x) in open_ && !(k in dist)) { dist[k] = dist[cur] + 1; from[k] = cur; queue[tail++] = k }
        }
    }
    print dist[goal], tail
    for (k = from[goal]; k != start; k = from[k]) {
        split(k, p, SUBSEP); row[p[1]] = substr(row[p[1]], 1, p[2] - 1) "o" substr(row[p[1]], p[2] + 1)
    }
    for (y = 1; y <= NR; y++) print row[y]
}
