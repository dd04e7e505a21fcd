# * + ? on characters, brackets and groups, longest first.
function show(s, re) { return match(s, re) ? RSTART "," RLENGTH : "-" }
BEGIN {
    print show("aaa", "a*"), show("baaa", "a*"), show("baaa", "a+"), show("baaa", "a?"), show("b", "a+"),
        show("", "a*"), show("", "a+")
    print show("ababx", "(ab)*"), show("ababx", "(ab)+x"), show("abx", "(ab)?x"), show("x", "(ab)?x"),
        show("aab", "a*ab"), show("aaab", "a+b?")
    print show("abc123", "[a-z]+[0-9]+"), show("--", "[a-z]*"), show("aXbXc", "a.*X"), show("aXbXc", "X.*"),
        show("abcabc", "(abc)+$"), show("xyxyx", "(xy)*x")
    print show("aaaa", "(aa)+"), show("aaaaa", "(aa)+$"), show("aa", "(a*)*"), show("aab", "(a*)+b"),
        show("b", "(a*)+b"), show("aba", "(a|b)*"), show("abab", "((a)(b))+")
}
