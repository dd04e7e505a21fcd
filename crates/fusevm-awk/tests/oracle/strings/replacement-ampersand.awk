# & in the replacement is the match; a backslash keeps it.
BEGIN {
    s = "cat"; sub(/a/, "<&>", s); print s; s = "cat"; sub(/a/, "<\\&>", s); print s; s = "cat"
    sub(/[a-z]+/, "&&-&", s); print s
    s = "a+b"; gsub(/[ab]/, "(&)", s); print s; s = "x"; sub(/x/, "a\\\\b", s); print s; s = "x"
    sub(/x/, "\\\\&", s); print s
    s = "x"; sub(/x/, "\\\\\\&", s); print s; s = "x"; sub(/x/, "\\n", s); print s; s = "x"
    sub(/x/, "a\\", s); print s; s = "x"; sub(/x/, "a\nb", s); print s
    r = "[&]"; s = "one two"; gsub(/[a-z]+/, r, s); print s; amp = "\\&"; gsub(/o/, amp, s); print s; s = "q"
    gsub(/q/, "&" "&", s); print s
}
