# The longest of the leftmost matches wins, whatever the order of the alternatives.
function show(s, re) { print s, re, match(s, re), RSTART, RLENGTH, substr(s, RSTART, RLENGTH) }
BEGIN {
    show("ab", "a|ab"); show("ab", "ab|a"); show("abcd", "a|ab|abc"); show("abcd", "bc|bcd|b")
    show("xyz", "z|y|yz")
    show("abcdef", "(a|ab)(c|bcd)(d*)"); show("foobar", "foo|foobar"); show("aaa", "a|aa")
    show("ababab", "(ab|aba)*")
    show("caterpillar", "cat|cater|caterp"); show("xaab", "a*|b"); show("b", "a*|b")
    show("12.5e3", "[0-9]+|[0-9]+\\.[0-9]+(e[0-9]+)?")
}
BEGIN {
    s = "abcab"; n = gsub(/a|ab/, "<&>", s); print n, s
    s = "foobar foo"; sub(/foo|foobar/, "X", s); print s
    n = split("1ab2a3", p, /a|ab/); print n, p[1], p[2], p[3]
}
