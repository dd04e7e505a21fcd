#: only gawk
# What a function is given decides what it is there, and a variable nobody has used becomes what it is used as.
function show(x,   i, n) {
    if (isarray(x)) { for (i in x) n++; return "array of " (n + 0) }
    return "scalar <" x ">"
}
function make(x) { x["k"] = 1 }
function pass(x) { make(x) }
function either(x, as) { if (as) x[1] = 1; else x = 5; return isarray(x) }
BEGIN {
    a[1]; a[2]
    print show(a), show(3), show("s"), show(b)
    pass(c); print length(c), ("k" in c)
    print either(d, 1), either(e, 0), isarray(d), length(d)
    e = "still a scalar"; print e
    print show(a[1]), show(f[1])
}
