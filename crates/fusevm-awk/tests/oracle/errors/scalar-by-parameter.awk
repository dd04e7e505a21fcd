#: only gawk
#: exit 2
#: stderr some
# What a function has assigned is a scalar to its caller.
function f(x) { x = 1 }
BEGIN { f(a); print "before"; a[1]; print "never" }
