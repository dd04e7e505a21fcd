#: only gawk
# At the end, commands are waited for before what is buffered is written.
BEGIN { print "b" | "sort"; print "a" | "sort"; print "last" }
