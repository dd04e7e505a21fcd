# Increments before and after, on all kinds of lvalues.
BEGIN {
    x = 5; print x++, x, ++x, x, x--, x, --x, x
    print x++ + ++x, x-- - --x, x
    print u++, u, w--, w, ++p, --q
    a["k"]++; a["k"]++; print a["k"], a["k"]-- , a["k"], ++a["new"], a["z"]++ ""
    s = "3x"; s++; print s; t = "abc"; print t++, t; v = "2.5"; print ++v
    y = 2; z = 3; print y++ z, y, y+++z, y, y - --z, z, y-- - -z
    print -x++, x, !x--, x, - --x, x
    $0 = "4 5 6"; i = 1
    print $i++, $0, i; print $++i, i; print $2++ + ++$3, $0; $1--; print; print -$1, $NF--, $0
}
