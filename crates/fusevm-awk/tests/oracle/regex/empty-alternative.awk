#: differs original-awk: it takes no empty alternative
# An alternative may be empty.
BEGIN {
    print match("xyz", /x(y|)z/), RLENGTH, match("xz", /x(y|)z/), RLENGTH, match("ab", /(|a)b/), RLENGTH,
        match("b", /(|a)b/), RLENGTH
    s = "ab"; print gsub(/(|b)/, "-", s), s
}
