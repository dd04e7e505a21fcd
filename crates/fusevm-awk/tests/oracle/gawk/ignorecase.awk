#: only gawk
# Letter case in regular expressions, comparisons, separators and orders.
BEGIN {
    IGNORECASE = 1
    print ("ABC" ~ /abc/), ("ABC" == "abc"), ("abc" < "B"), ("É" == "é"), ("x" ~ "[X]")
    print index("HELLO", "ell"), match("xAbC", /bc/), (s = "fOo") gsub(/o/, "0", s), s
    n = split("aXbxc", p, /x/); print n, p[1] p[2] p[3]
    t = "FooFOO"; gsub(/foo/, "bar", t); print t, gensub(/BAR/, "q", 1, t)
    a["b"]; a["A"]; a["C"]; m = asorti(a, b); print b[1] b[2] b[3]
    switch ("YES") { case "yes": print "equal" }
    x["k"]; print ("K" in x)
    IGNORECASE = 0
    print ("ABC" ~ /abc/), ("ABC" == "abc"), toupper("é")
    FS = "X"; IGNORECASE = 1; $0 = "axbXc"; print NF
    FS = "[X]"; $0 = "axbXc"; print NF
}
