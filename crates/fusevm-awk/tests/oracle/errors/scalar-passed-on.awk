#: only gawk
#: exit 2
#: stderr some
# What a function makes of its parameter holds for all that the variable is called by then.
function outer(p) { inner(p); print "outer"; p[1] = 1; print "never" }
function inner(q) { q = 1; print "inner" }
BEGIN { outer(a); print "never" }
END { print (1 in a) }
