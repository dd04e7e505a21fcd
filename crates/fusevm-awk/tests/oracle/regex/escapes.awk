# Escaped characters in regex literals.
BEGIN {
    print "a.b" ~ /a\.b/, "axb" ~ /a\.b/, "a+b" ~ /a\+b/, "a*b" ~ /a\*b/, "a?b" ~ /a\?b/, "a|b" ~ /a\|b/,
        "(a)" ~ /\(a\)/, "[a]" ~ /\[a\]/, "a\\b" ~ /a\\b/
    print "a\tb" ~ /a\tb/, "a\nb" ~ /a\nb/, "a/b" ~ /a\/b/, "\"q\"" ~ /"q"/, "{x}" ~ /\{x\}/, "A" ~ /\101/,
        "$1" ~ /\$1/, "^" ~ /^\^$/
    print "a\rb" ~ /a\rb/, "tab\there" ~ /[\t]/, "nl\nhere" ~ /[\n]/, "x" ~ /[\t\n]/
}
