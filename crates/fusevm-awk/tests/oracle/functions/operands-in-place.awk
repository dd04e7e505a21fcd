#: differs original-awk: an assigned field keeps the text that CONVFMT gave it when it was assigned
# Operands that are fields, assigned fields, numbers, constants, and the variable that gets the result.
BEGIN {
    $0 = "alpha beta 12345 0.25 gamma delta epsilon zeta"
    n = 3; n = substr($0, n); print n
    n = 2; n = substr($2, n, n); print n
    n = 2; n = substr("constant", n, n); print n
    s = "a string that is longer than fits a value"; s = substr(s, 3); print s
    s = substr(s, 1, 1e9); print s; s = substr(s, -5, 9); print s
    print substr($3, 2, 2), substr(12345, 2, 2), substr(0.25, 2), substr($1, "2x", "3y")
    print "[" substr($1, 0) "]", "[" substr($1, 2, -1) "]", "[" substr($99, 1, 4) "]"
    $2 = 3.0; $4 = 1 / 3
    print index($0, "eps"), index($2, 3), index($4, 33), index($1, $5), index($5, "m"), index($99, "x"), index($3, "")
    CONVFMT = "%.2g"; print index($4, "3333"), index(1 / 3, "333"), length($4), length(1 / 3)
    x = "pha"; print index($1, x), index(x, "h"), index("a constant", x "") index($1 $5, "ag")
    n = index($1, "p"); n = index(n, n); print n
    print length(x), length($1), length($0 x), length(substr($1, 2)), length()
    t[1]; t[2]; print length(t), length(u), length(12345), length($2)
}
