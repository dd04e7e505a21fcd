# split by blanks, by a character, by a regex, and what it leaves.
function show(s, sep, kind,   a, n, i, r) {
    n = kind == 0 ? split(s, a) : kind == 1 ? split(s, a, sep) : split(s, a, /[,;]+/)
    for (i = 1; i <= n; i++) r = r "[" a[i] "]"; print n, length(a), r
}
BEGIN {
    show("a b c"); show("  a   b  "); show(""); show("   "); show("a\tb\nc"); show("one")
    show("a,b,,c,", ",", 1); show(",", ",", 1); show("", ",", 1); show("abc", "b", 1); show("a b", " ", 1)
    show("  a  b ", " ", 1); show("a.b.c", ".", 1); show("a|b|c", "|", 1)
    show("a*b", "*", 1); show("a\\b", "\\", 1); show("a+b+c", "+", 1); show("a^b", "^", 1)
    show("a$b", "$", 1); show("a\tb\t\tc", "\t", 1); show("a1b22c", "[0-9]+", 1); show("aXXbXc", "XX*", 1)
    show("a,;b;c", "", 2); show(",x,", "", 2); show("  a b", "[ ]", 1); show("a  b", "[ ]", 1)
    show(" a b ", " +", 1); show("(a)(b)", ")", 1); show("a?b", "?", 1); show("a[b", "[", 1)
}
