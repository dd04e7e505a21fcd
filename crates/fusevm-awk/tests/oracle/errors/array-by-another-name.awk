#: only gawk
#: exit 2
#: stderr some
# The other way round.
function f(b) { b[2] = "local"; print "before"; a = "global"; print "never" }
BEGIN { f(a); print "never" }
