# A number as a subscript is converted with CONVFMT unless it is integral.
BEGIN {
    a[0.1 + 0.2] = "x"; for (k in a) print k
    print (0.3 in a), ("0.3" in a), a[3 / 10]
    b[1e3] = 1; b[1000.0] += 1; b["1e3"] = 5; print b[1000], b["1000"], length(b)
    c[1 / 3] = "third"; CONVFMT = "%.2g"; print ((1 / 3) in c), ("0.333333" in c), c[0.333333 "" ]
    d[-1] = "neg"; d[-0] = "zero"; print d["-1"], d[0], d["0"], ("-0" in d)
    e[1e6]; e[123456789012]; e[0.1e1]; n = 0; for (k in e) n += length(k); print n, (1000000 in e), (1 in e)
}
