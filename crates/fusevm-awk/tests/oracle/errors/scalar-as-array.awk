#: exit 2
#: stderr some
#: differs original-awk: it goes on with the scalar
# A scalar is no array.
BEGIN { x = 1; print "before"; f(x); print "never" }
function f(p) { p[1] = 2 }
