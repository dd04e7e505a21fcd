#: stdin .#...\n..#..\n###..\n.....\n.....\n.....\n
# Conway's game of life on a torus.
{ for (x = 1; x <= NF || x <= length($0); x++) if (substr($0, x, 1) == "#") cell[NR, x]; w = length($0) }
function alive(y, x) { return (((y + h - 1) % h + 1), ((x + w - 1) % w + 1)) in cell }
END {
    h = NR
    for (g = 1; g <= 4; g++) {
        split("", next_)
        for (y = 1; y <= h; y++) for (x = 1; x <= w; x++) {
            n = alive(y - 1, x - 1) + alive(y - 1, x) + alive(y - 1, x + 1) + alive(y, x - 1) + alive(y, x + 1) + alive(y + 1, x - 1) + alive(y + 1, x) + alive(y + 1, x + 1)
            if (n == 3 || (n == 2 && (y, x) in cell)) next_[y, x]
        }
        split("", cell); for (k in next_) cell[k]; print "generation", g
        for (y = 1; y <= h; y++) { s = ""; for (x = 1; x <= w; x++) s = s ((y, x) in cell ? "#" : "."); print s }
    }
}
