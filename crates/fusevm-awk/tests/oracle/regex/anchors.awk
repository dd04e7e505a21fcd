# ^ and $ match at the ends of the string only.
function m(s, re) { return (s ~ re) ? substr("yes", 1) : "no" }
BEGIN {
    print m("abc", "^abc$"), m("xabc", "^abc"), m("abcx", "abc$"), m("", "^$"), m("a", "^$"), m("a\nb", "^b"),
        m("a\nb", "a$")
    print ("ab" ~ /(^a)(b$)/), ("ab" ~ /^(a|b)+$/), ("ba" ~ /(^b|^a)a$/), ("xa" ~ /(^|x)a/), ("a" ~ /(^|x)a/),
        ("ya" ~ /(^|x)a/)
    print ("$" ~ /\$/), ("^" ~ /\^/), ("a^b" ~ /a\^b/), ("a$b" ~ /a\$b/), ("^$" ~ /^\^\$$/), ("b" ~ /[$^]/),
        ("^" ~ /[$^]/)
}
