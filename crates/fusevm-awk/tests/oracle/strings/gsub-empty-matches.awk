# Empty matches count between characters, but not right after a match.
function g(re, s,   n) { n = gsub(re, "-", s); return n ":" s }
BEGIN {
    print g("x*", "abc"), g("b*", "abc"), g("b*", "abbc"), g("c*", "abc"), g("a*", "aab"), g("x*", ""),
        g("a*", "aaa"), g("(ab)*", "xababy")
    print g("$", "abc"), g("^", "abc"), g("^a", "aaa"), g("a$", "aaa"), g("^$", ""), g("^$", "a"),
        g("b?", "bab"), g("^x*", "xxa"), g("x*$", "axx")
    print g("[0-9]*", "a1b22c"), g(" *", "a b  c"), g("(a|b)*", "cabac"), g("a?", "ba"), g("\n*", "a\nb")
}
