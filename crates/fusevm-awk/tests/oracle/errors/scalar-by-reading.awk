#: only gawk
#: exit 2
#: stderr some
# Reading a variable makes it a scalar, by whatever name.
function f(x) { a; print "before"; x[1] = 3; print "never" }
BEGIN { f(a) }
