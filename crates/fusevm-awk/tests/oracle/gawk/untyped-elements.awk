#: only gawk
# An element that was only looked at can still become an array; one that was assigned cannot.
function fills(p) { p[1] = 1 }
BEGIN {
    b[1][1]
    x = b[1][2]; print typeof(b[1][2])
    b[1][3] = u; print typeof(b[1][3])
    print length(b[1][4]), typeof(b[1][4])
    fills(b[1][6]); print typeof(b[1][6])
    b[1][2][1]; print typeof(b[1][2])
    b[1][7]++; print typeof(b[1][7])
    if (b[1][8]) x = 1
    b[1][8][1] = 1; print typeof(b[1][8])
    print typeof(a[1]), typeof(a[1]), 1 in a
}
