#: only gawk
# Regular expressions as values.
function matches(re, s) { return s ~ re }
BEGIN {
    r = @/^a.c$/
    print ("abc" ~ r), matches(r, "abd"), matches(@/d/, "abd"), r
    s = "a b"; n = split(s, p, @/ /); print n
    t = "xaaay"; print gsub(@/a+/, "-", t), t
    l[1] = @/x/; print ("axb" ~ l[1]), typeof(l[1])
    switch ("hello") { case @/ell/: print "matched" }
}
