# Integral values print as integers, whatever OFMT says.
BEGIN {
    OFMT = "%.2f"; CONVFMT = "%.3f"
    print 3, 3.0, 6 / 2, 1e3, 1e6, 123456789, 1234567890123, -42, 2 ^ 31, 2 ^ 53, -2 ^ 53
    print 3 "", 6 / 2 "", 1e6 "", 1234567890123 "", 2 ^ 53 "", 0.5 "", 0.5
    print 100000 * 100000, 100000 * 100000 "", 1e15, 1e16 "", 1e17, 1e18 ""
}
