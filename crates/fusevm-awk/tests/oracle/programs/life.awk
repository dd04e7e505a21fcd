#: stdin .#...\n..#..\n###..\n.....\n.....\n.....\n
# The game of life on a torus.
{ for (x = 1; x <= length($0); x++) if (substr($0, x, 1) == "#") cell[NR, x]; w = length($0) }
function alive(y, x) { return (((y + h - 1) % h + 1), ((x + w - 1) % w + 1)) in cell }
function neighbours(y, x,   dy, dx, n) {
    for (dy = -1; dy <= 1; dy++) for (dx = -1; dx <= 1; dx++) if (dy || dx) n += alive(y + dy, x + dx)
    return n
}
END {
    h = NR
    for (g = 1; g <= 4; g++) {
        split("", new)
        for (y = 1; y <= h; y++) for (x = 1; x <= w; x++) {
            n = neighbours(y, x)
            if (n == 3 || (n == 2 && (y, x) in cell)) new[y, x]
        }
        split("", cell); for (k in new) cell[k]
        print "generation", g
        for (y = 1; y <= h; y++) { s = ""; for (x = 1; x <= w; x++) s = s ((y, x) in cell ? "#" : "."); print s }
    }
}
