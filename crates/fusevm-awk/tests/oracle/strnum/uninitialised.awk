# An unset variable is both "" and 0.
function f(p) { return (p == "") (p == 0) length(p) }
BEGIN {
    print (x == ""), (x == 0), (x == "0"), length(x), x + 0, "[" x "]", !x, -x, (x < 1), (x < "a"), (x < "")
    print (a["k"] == ""), (a["k"] == 0), length(a["k"]), ("k" in a), f(), f(z)
    print ($1 == ""), ($1 == 0), ($9 == ""), ($9 == 0), length($9), NF
    y = x; print (y == 0), (y == ""), (x == y), (x == u), (x != v)
    if (w) print "no"; else print "w is false"; print n++, n, s "", x x
}
