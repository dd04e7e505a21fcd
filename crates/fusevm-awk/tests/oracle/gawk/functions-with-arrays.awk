#: only gawk
# split with separators, match with groups.
function seps(text, sep,   a, s, n, i) {
    n = split(text, a, sep, s)
    printf "%d:", n
    for (i = 0; i <= n; i++) { if (i in a) printf " <%s>", a[i]; if (i in s) printf " (%s)", s[i] }
    print ""
}
BEGIN {
    seps(" a  b ", " "); seps("a1b22c", @/[0-9]+/); seps("abc", ""); seps("", ","); seps("x", ","); seps(",a,", ",")
    if (match("foo: 42 bar", /([a-z]+): ([0-9]+)(x)?/, m))
        print RSTART, RLENGTH, m[0] "|" m[1] "|" m[2], m[1, "start"], m[2, "length"], (3 in m), length(m)
    print match("none", /x/, m), RSTART, RLENGTH, length(m)
    print match("äöü", /(ö)/, m), m[1, "start"], m[1, "length"]
}
