#: only gawk
#: exit 2
#: stderr some
BEGIN {
	print "before"
	print "x" | ""
	print "not reached"
}
