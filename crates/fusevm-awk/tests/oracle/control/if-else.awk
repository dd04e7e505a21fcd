# Chains of if and else; an else belongs to the nearest if.
function f(x) {
    if (x > 10) return "big"; else if (x > 5) return "medium"; else if (x > 0) {
        return "small"
    } else return "none"
}
BEGIN {
    print f(20), f(7), f(1), f(0); if (1) if (0) print "a"; else print "b"; if (0) ; else print "c"
    if (1) { if (0) print "d" } else print "e"
    if (1) print "f"
    else print "g"
    if (0)
        print "h"
    else
        print "i"
    if (!(3 in a)) { print "j" }; if (x) print "k"; else { }; print "l"
}
