# A histogram of pseudo-random numbers of the program's own.
function random() { seed = (seed * 16807) % 2147483647; return seed / 2147483647 }
BEGIN { seed = 2024; for (i = 0; i < 500; i++) { x = 0; for (j = 0; j < 4; j++) x += random(); bin[int(x * 2.5)]++ }
    for (b = 0; b < 10; b++) {
        bar = sprintf("%*s", int(bin[b] / 4), ""); gsub(/ /, "*", bar)
        printf "%3.1f %4d %s\n", b / 2.5, bin[b], bar
    }
}
