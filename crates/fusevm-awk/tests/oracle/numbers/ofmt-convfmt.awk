# print converts with OFMT, concatenation and subscripts with CONVFMT.
BEGIN {
    x = 3.14159265358979
    print x, x ""; OFMT = "%.2f"; print x, x "", x + 1, x " and " x
    CONVFMT = "%.3f"; print x, x "", length(x), substr(x, 1), index(x, "2"), toupper(x)
    y = x ""; print y, (y == x), (x ~ /^3\.142$/)
    CONVFMT = "%.6g"; print (0.1 + 0.2) "", 1 / 3 "", 1e-5 "", 123456.789 "", 1234567.89 ""
    OFMT = "%.6g"; print 0.1 + 0.2, 1 / 3, 1e-5, 123456.789, 1234567.89, -1e-300, 0.1
    OFMT = "%.10e"; print x, 1, x ""; OFMT = "<%.1f>"; print x, 2.5, 2, -0.04
}
