# Assignments are right-associative expressions that give the value stored.
BEGIN {
    a = b = c = 4; print a, b, c
    a += b -= 2; print a, b
    x = 2; x ^= 3; print x; x %= 5; print x; x *= 7; print x; x /= 2; print x; x -= .5; print x
    print (y = 3) + y, (y += 2) * 2, y
    s = "a"; s = s "b" s; print s, (s = s "!") s
    m[1] += 5; m[1] *= m[1]; m["k"] = m["j"] = 9; print m[1], m["k"] + m["j"]
    n = "3 apples"; n += 1; print n; e = ""; e += 0; print e
    if (q = 0) print "no"; else print "zero"; while ((w = w + 1) < 5) ; print w
    a = 10; a -= a -= 3; print a
    u = v += 1; print u, v
}
