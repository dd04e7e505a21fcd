#: only gawk
#: stdin 1\n-2\nabc\nabd\nthree\n
# The first label that equals or matches, and what falls through.
function kind(x) {
    switch (x) {
    case 1: return "one"
    case "uno": return "the string one"
    case -2: return "minus two"
    case /^[a-c]+$/: return "abc"
    case 3.5:
    case "three": return "three"
    default: return "other"
    }
}
function count(n,   s) {
    switch (n) {
    case 3: s = s "3"
    case 2: s = s "2"
    default: s = s "d"
    case 1: s = s "1"; break
    case 9: s = s "9"
    }
    return s
}
{ print $1, kind($1) }
END {
    print kind(1), kind("1"), kind(-2), kind(3.5), kind("cab"), kind("")
    for (i = 0; i < 4; i++) print i, count(i)
    print count(9)
    for (i = 0; i < 5; i++) {
        switch (i) {
        case 1: continue
        case 3: break
        default: printf "%d ", i
        }
    }
    print ""
    switch ("x") { }
    switch ("y") { case "z": print "never" }
}
