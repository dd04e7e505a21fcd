# sub replaces the first match, gsub all, and both give the count.
BEGIN {
    s = "banana"; print sub(/an/, "AN", s), s; print gsub(/a/, "o", s), s; print gsub(/x/, "y", s), s
    s = "banana"; print gsub(/ana/, "[&]", s), s; s = "aaa"; print gsub(/aa/, "b", s), s
    s = "hello world"; n = gsub(/o/, "", s); print n, s, length(s); n = gsub("l+", "L", s); print n, s
    s = "a.b.c"; print gsub(".", "x", s), s; s = "a.b.c"; print gsub("\\.", "x", s), s; s = "path/to/x"
    print gsub("/", "::", s), s
    s = 12345; print sub(3, "x", s), s; n = 1000; print gsub(0, 1, n), n + 1, (n == 1111)
}
