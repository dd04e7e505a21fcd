#: exit 2
#: stderr some
# A format that wants more than there is.
BEGIN { print "before"; printf "%d %s\n", 1; print "never" }
