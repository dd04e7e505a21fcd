#: only gawk
# The second argument of typeof tells how gawk stores an array.
BEGIN {
    a[7]; print typeof(a, d), d["array_type"], length(d) > 0
    b["x"]; b[1]; print typeof(b, d), d["array_type"]
    c[-1]; print typeof(c, d), d["array_type"]
    delete c; print typeof(c, d), d["array_type"]
    s = "text"; print typeof(s, d), "array_type" in d
}
