# Strings stay right when the target is also the source.
BEGIN {
    s = "abc"; s = s; s = s "" s; print s; s = substr(s, 2); print s; s = s substr(s, 1, 2) s; print s
    sub(/b/, s, s); print s; gsub(/a/, "&" s, s); print length(s)
    a = b = "same"; sub(/s/, "t", a); print a, b; a = b; a = a "x"; print a, b; c[1] = b; c[1] = c[1] "y"
    print c[1], b; $0 = "x y"; t = $0; $1 = "changed"; print t, $0
}
