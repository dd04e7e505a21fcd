#: differs original-awk: it gives small numbers and large ones in other forms
# Numbers among joined strings have the form that CONVFMT gives at the time.
function joined(a, b,   s) { s = a ":" b "/" a + b; return s }
BEGIN {
    for (i = 0; i < 3000; i++) {
        if (i == 1000) CONVFMT = "%.2f"
        if (i == 2000) CONVFMT = "%d"
        x = i / 8
        s = "<" i ">" x "|" unset "|" -i "," 1e15
        t = i x
        u = x " " i
        total += length(s) + length(t) + length(u) + length(joined(x, i))
        if (i % 500 == 3) print s, t, u, joined(x, i), (i == x ""), ("a" x == "a" i)
    }
    print total
    big = 123456789012; small = 0.000001234; CONVFMT = "%.6g"
    print big "", small "", (big * 10) "", -0 "", 0.1 + 0.2 "", 1e6 "", 1e5 + 0.5 ""
    n = 17; n = n n; n = n "" 1; print n, n + 1
    v[1] = "x"; v["1.5"] = "y"; k = 1.5; print v[k] v[1] k, k k
}
