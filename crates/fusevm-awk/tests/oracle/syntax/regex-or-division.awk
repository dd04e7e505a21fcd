# Slashes in many places.
BEGIN {
    $0 = "8/2"; a = 8; n = 2; print a/n, a /n, a/ n, a / n
    print (a)/n, a++/n, $1 ~ /8\/2/, /\/2/, NF/1, length / 1; i = 4; i /= 2; print i
    c[1] = 6; print c[1]/2, -a/3, 2^4/8; s = "a/b/c"; n = split(s, p, /\//); print n, p[3]
    print match(s, /\/b/), 1 / 4 / 2; if (/8/) print "match"; if (! /9/ && /2/) print "both"
    print gsub(/\//, "\\", s), s
}
