#: file in a|b.c*d|e.f*
# Characters special in regexes separate records as they are.
BEGIN {
    n = split("| . * + $ ^ [ (", rs, " ")
    for (i = 1; i <= n; i++) {
        RS = rs[i]; s = ""; while ((getline x < "in") > 0) s = s "[" x "]"; close("in"); print RS, s
    }
}
