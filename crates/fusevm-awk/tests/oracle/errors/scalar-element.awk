#: only gawk
#: exit 2
#: stderr some
# An element that was assigned nothing is a scalar.
BEGIN { x[1] = x[0]; x[0][1] = "array"; print typeof(x[0]), typeof(x[1]); x[1][0] = "never"; print "never" }
