# The calendar of a month.
BEGIN {
    y = 2024; m = 2; n = 29; first = 4; print "   February 2024"; print "Mo Tu We Th Fr Sa Su"
    s = sprintf("%*s", (first - 1) * 3, "")
    for (d = 1; d <= n; d++) {
        s = s sprintf("%2d", d); if ((d + first - 1) % 7 == 0 || d == n) { print s; s = "" } else s = s " "
    }
}
