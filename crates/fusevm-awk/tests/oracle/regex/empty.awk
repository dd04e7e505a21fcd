# The empty regex and patterns that match nothing long.
BEGIN {
    print ("abc" ~ //), ("" ~ //), match("abc", //), RSTART, RLENGTH, match("", /^$/), RLENGTH
    s = "abc"; print gsub(//, "-", s), s; s = "abc"; print gsub(/x*/, "-", s), s; s = "abc"
    print sub(/x*/, "-", s), s
    s = "baac"; print gsub(/a*/, "<&>", s), s; s = ""; print gsub(/x*/, "-", s), s; s = "xx"
    print gsub(/x*/, "-", s), s
    s = "abc"; print gsub(/$/, "!", s), s; s = "abc"; print gsub(/^/, "!", s), s; s = "abc"
    print gsub(/b*$/, "!", s), s
}
