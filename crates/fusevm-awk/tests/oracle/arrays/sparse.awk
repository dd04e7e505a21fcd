# Sparse, negative and fractional keys.
BEGIN {
    a[-5] = "m"; a[1000000] = "M"; a[0] = "z"; a[2.5] = "f"; a["02"] = "s"; a[1e10] = "big"
    print a["-5"], a[1e6], a[-0], a["2.5"], a[2] "", a["10000000000"], length(a)
    for (i = -5; i <= 5; i++) if (i in a) s = s i ":" a[i] " "; print s
}
