#: exit 2
#: stderr some
# Output that cannot be opened.
BEGIN { print "before"; print "x" > "."; print "never" }
