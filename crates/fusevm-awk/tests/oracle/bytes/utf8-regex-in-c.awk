#: env LC_ALL=C
# In the C locale a dot is a byte.
BEGIN {
    s = "é"; print (s ~ /^.$/), (s ~ /^..$/), gsub(/./, "x", s), s; t = "aéb"
    print match(t, /[^a-z]+/), RSTART, RLENGTH
}
