#: only gawk
#: exit 2
#: stderr some
BEGIN {
	print "before" y
	LINT = "fatal"
	print "after" z
	print "not reached"
}
