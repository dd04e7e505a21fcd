# Positions and lengths are rounded, and what lies outside the string is cut off.
function s(p, l) { return "[" substr("hello", p, l) "]" }
BEGIN {
    print s(1, 2), s(2, 3), s(0, 2), s(-1, 3), s(-1, 2), s(4, 9), s(5, 1), s(6, 1), s(9, 1), s(3, 0),
        s(3, -1), s(-5, 100), s(1, 1e9)
    print s(1.4, 1), s(1.5, 1), s(1.6, 1), s(2.5, 1), s(1, 1.5), s(1, 2.5), s(1, 0.4), s(1, 0.5), s(1, 0.6),
        s(0.5, 1), s(1.5, 1.5), s(-0.5, 2), s("2", "2x"), s("x", 3)
    print substr("hello", 3), substr("hello", 0), substr("hello", -7), "[" substr("hello", 6) "]",
        substr("hello", 2.7), "[" substr("", 1) "]", "[" substr("", 1, 5) "]", substr(12345, 2, 3),
        substr(1 / 4, 2)
    print substr("hello", 1, 3) substr("hello", 4), substr("hello", length("hello")),
        substr(substr("hello", 2), 2, 2), "[" substr("hello", u, 3) "]", "[" substr(u, 1) "]"
}
