# Loops over fractions.
BEGIN {
    for (x = 0; x <= 1; x += 0.25) printf "%s ", x; print ""
    for (x = 1; x > 0.01; x /= 2) n++; print n, x
    for (x = -1.5; x < 2; x++) printf "%g ", x; print ""
    for (c = -40; c <= 100; c += 35) printf "%d:%.1f ", c, c * 9 / 5 + 32; print ""
}
