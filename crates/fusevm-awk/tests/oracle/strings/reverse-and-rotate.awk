# Small string functions written in awk.
function reverse(s,   i, r) { for (i = length(s); i > 0; i--) r = r substr(s, i, 1); return r }
function repeat(s, n) { return n < 1 ? "" : n % 2 ? s repeat(s, n - 1) : repeat(s s, n / 2) }
function trim(s) { sub(/^[ \t]+/, "", s); sub(/[ \t]+$/, "", s); return s }
function center(s, w,   l) {
    l = int((w - length(s)) / 2); return sprintf("%*s%s%*s", l, "", s, w - l - length(s), "")
}
function join(a, n, sep,   i, s) { for (i = 1; i <= n; i++) s = s (i > 1 ? sep : "") a[i]; return s }
function count(s, t,   n, i) { while (i = index(s, t)) { n++; s = substr(s, i + length(t)) } return n + 0 }
BEGIN {
    print reverse("stressed"), reverse("") "|", repeat("ab", 5), repeat("x", 0) "|", trim("\t  a b  \t") "|",
        "[" center("mid", 9) "]", count("abcabcab", "ab"), count("aaa", "x")
    n = split("x y z", a); print join(a, n, "-"), join(a, 1, "-"), join(a, 0, "-") "|"
    print (reverse("level") == "level" ? "palindrome" : "no")
}
