#: exit 2
#: stderr some
# A dynamic regex that is none.
BEGIN { print "before"; r = "a(b"; print ("ab" ~ r); print "never" }
