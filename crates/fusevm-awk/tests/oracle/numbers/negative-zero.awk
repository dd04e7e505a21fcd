#: only gawk
# Minus zero prints as 0 except by the float formats.
BEGIN {
    z = -0; x = 0; y = -x
    print z, y, 0 * -1, -0.0, int(-0.5), y "", (y == 0), !y
    printf "%d %s %.1f %g %i %x\n", y, y, y, y, y, y
    a[y] = "here"; print a[0], a["0"], -0.2 * 0, 1 / 3 - 1 / 3
}
