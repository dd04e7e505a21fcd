#: only gawk
# What makes a variable that nobody has used a scalar, or an array, and what leaves it as it is.
function reads(p) { p; print typeof(p) }
function writes(p) { p = 1; print typeof(p) }
function measures(p) { print length(p), typeof(p) }
function asks(p) { print isarray(p), typeof(p) }
function gives(p) { return p }
function fills(p) { p[1] = 1 }
BEGIN {
    print typeof(u), length(u), typeof(u)
    reads(a); print typeof(a)
    writes(b); print typeof(b)
    measures(c); print typeof(c)
    asks(d); print typeof(d)
    print typeof(e == 1), typeof(e)
    if (f) g = 1
    print typeof(f), typeof(g)
    for (h in i) ;
    print typeof(h), typeof(i)
    print (1 in j), typeof(j)
    getline k < "missing"; print typeof(k)
    sub(/a/, "b", l); print typeof(l)
    delete m; print typeof(m)
    delete n[1]; print typeof(n)
    "" o; print typeof(o)
    q = gives(r); print typeof(q), typeof(r)
    s = t; print typeof(s) typeof(t)
    fills(v); print typeof(v)
    for (x = 0; x < 2; x++) { y = y x; print typeof(x), typeof(y) }
    z[1] = u; print typeof(z[2]), typeof(z[2])
}
