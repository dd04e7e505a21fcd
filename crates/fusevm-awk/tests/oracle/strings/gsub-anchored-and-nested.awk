# Anchors inside alternatives, growth, and calls inside arguments.
BEGIN {
    s = "  trim me  "; gsub(/^ +| +$/, "", s); print "[" s "]"; s = "a,b,,c"; while (gsub(/,,/, ",NULL,", s))
    print s
    s = "aaaa"; print gsub(/^a/, "b", s), s; s = "abab"; print gsub(/ab$|^a/, "X", s), s; t = "x-y"
    print gsub(/-/, toupper("z") substr("abc", 2, 1), t), t
    s = "1234567"
    while (sub(/[0-9][0-9][0-9][0-9]($|,)/, ",&", s)) {
        match(s, /,/); s = substr(s, 1, RSTART - 1) substr(s, RSTART + 1, 1) "," substr(s, RSTART + 2)
    }
    print s
    s = "x"; for (i = 0; i < 12; i++) gsub(/x/, "xx", s); print length(s), gsub(/x/, "", s), s "."
}
