# A slash is a division after an operand and starts a regex elsewhere.
BEGIN {
    a = 24; b = 4; c = 2; g = 3
    print a / b / c, a / (b / c), a/b/c, (a) / b, a /b/ 1
    a /= 2; print a; a /=3; print a
    $0 = "x=/y/"; print /x=/, /=\//, (/=/), (!/=/ ? "n" : "y"), (/y/) / 2
    n[1] = 8; print n[1] /2/ 2, NF / 1, a++ / 2 / 1
}
/=/ { print "never" }
