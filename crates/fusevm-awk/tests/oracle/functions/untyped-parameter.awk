# An unset variable becomes an array when the function uses it as one, through any number of calls.
function outer(x) { middle(x) }
function middle(y) { inner(y, "deep") }
function inner(z, v) { z[1] = v; z["n"]++ }
function maybe(p, use) { if (use) p["k"] = "v"; else return "unused" }
BEGIN {
    outer(a); print a[1], length(a); outer(a); print a["n"]
    print maybe(b, 0); maybe(b, 1); print b["k"]
    print maybe(c, 0), length(c)
}
function locals(  t) { inner(t, "local"); return t[1] t["n"] }
BEGIN { print locals(), locals() }
function late(q,   i) { split("x y z", q); for (i = 3; i > 0; i--) s = s q[i]; return s }
BEGIN { print late(w), w[2] }
