#: only gawk
#: exit 2
#: stderr some
# Assigned by its own name, a variable is no array by that of the parameter.
function f(b) { a = "global"; print "before"; b[2] = "local"; print "never" }
BEGIN { f(a); print "never" }
