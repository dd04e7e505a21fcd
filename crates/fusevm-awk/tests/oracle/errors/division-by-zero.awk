#: exit 2
#: stderr some
# A division by zero ends the run; what was written stays.
BEGIN { print "before"; x = 0; print 1 / x; print "never" }
END { print "never" }
