#: only gawk
# Arrays put in order.
function cmp(i1, v1, i2, v2) { return v1 < v2 ? 1 : v1 > v2 ? -1 : 0 }
function show(label, a, n,   i) { printf "%s %d:", label, n; for (i = 1; i <= n; i++) printf " %s", a[i]; print "" }
BEGIN {
    n = split("pear 10 apple 9 fig 100", s)
    n = asort(s, d); show("default", d, n); show("source", s, n)
    n = asort(s, d, "@val_str_desc"); show("str desc", d, n)
    n = asort(s, d, "@val_num_asc"); show("num asc", d, n)
    n = asort(s, d, "cmp"); show("cmp", d, n)
    n = asort(s, d, "@ind_num_desc"); show("index", d, n)
    n = asort(s); show("in place", s, n)
    m["z"] = 1; m["a"] = 2; m["10"] = 3; m["9"] = 4
    n = asorti(m, d); show("indices", d, n)
    n = asorti(m, d, "@val_num_desc"); show("by value", d, n)
    n = asorti(m); show("in place", m, n)
    print asort(none), length(none)
}
