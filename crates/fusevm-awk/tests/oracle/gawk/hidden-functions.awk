#: only gawk
# What gawk adds to the functions can be the name of a parameter, and of anything in another namespace.
function f(gensub, and) {
    and["k"] = gensub + lshift(1, 2)
    for (gensub in and) print gensub, and[gensub]
}

BEGIN { f(3); print and(6, 3); print a::xor(1); a::or = 2; print a::or, awk::or(5, 2) }

@namespace "a"

function xor(strftime) { return "mine " strftime awk::strtonum("0x11") }

BEGIN {
    systime = "a variable"
    print systime, a::systime, length(systime)
    name = "awk::xor"; print @name(6, 5)
    name = "a::xor"; print @name(6)
    name = "xor"; print @name(6, 5)
}
