# Halves round to even where they are exact, and by their true value where not.
BEGIN {
    printf "%.0f %.0f %.0f %.0f %.0f %.0f\n", 0.5, 1.5, 2.5, 3.5, -0.5, -1.5
    printf "%.1f %.1f %.1f %.2f %.2f %.2f\n", 0.25, 0.35, 0.45, 1.005, 2.675, 1.115
    printf "%d %d %d %d\n", 2.999, -2.999, 2.5, -2.5
    n = split("0.5 1.4 1.5 1.6 -1.5 2.5", v)
    for (i = 1; i <= n; i++) printf "%d ", int(v[i] + (v[i] < 0 ? -.5 : .5)); print ""
}
