#: only gawk
# What was printed before a command ends comes before what the command prints at its end.
BEGIN {
	print "b" | "sort"; print "a" | "sort"
	print "before"
	close("sort")
	print "after"
}
