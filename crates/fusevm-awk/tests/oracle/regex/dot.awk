# The dot matches any character, newline and blank too.
BEGIN {
    print ("a\nb" ~ /a.b/), ("a b" ~ /a.b/), ("ab" ~ /a.b/), ("" ~ /./), ("\n" ~ /^.$/), ("a\tb" ~ /^...$/)
    s = "a\nb"; print gsub(/./, "x", s), s
    print match("one\ntwo", /e.t/), RLENGTH, match("xyz", /.$/), match("xyz", /.*/), RLENGTH
}
