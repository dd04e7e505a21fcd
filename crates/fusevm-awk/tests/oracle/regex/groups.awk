# Groups bind and nest.
function show(s, re) { return match(s, re) ? substr(s, RSTART, RLENGTH) : "none" }
BEGIN {
    print show("abab", "(a(b))+"), show("acbc", "(a|b)c(a|b)c"), show("abcabd", "(abc|abd)+"),
        show("ax", "(a)(x)")
    print show("one two", "(one|two) (one|two)"), show("aXXb", "a(X(X))b"), show("((a))", "\\(\\(a\\)\\)"),
        show("k=v", "([a-z]+)=([a-z]+)")
}
