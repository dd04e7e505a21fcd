#: exit 2
#: stderr some
# An array is no scalar.
BEGIN { a[1] = 1; print "before"; f(a); print "never" }
function f(x) { return x + 1 }
