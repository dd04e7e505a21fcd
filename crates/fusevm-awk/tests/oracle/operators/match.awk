# ~ takes a regex, a string or any expression on its right, and gives 0 or 1.
BEGIN {
    print "abc" ~ /b/, "abc" ~ "^a.c$", "abc" !~ /x/, 12 ~ 2, 12 ~ 3, "a+c" ~ "a\\+c"
    p = "^[0-9]+$"; print "42" ~ p, "4x" ~ p, 42 ~ p, "" ~ p, "" ~ "", "a" ~ ""
    print "ab" ~ "a" "b", ("x" ~ /x/) + 1, "1" ~ (1 == 1), "x.y" ~ /x\.y/, "xzy" ~ /x\.y/
    n = "b" ~ /b/; print n, !("b" ~ /c/), "A" ~ "a" || "a" ~ "a"
}
