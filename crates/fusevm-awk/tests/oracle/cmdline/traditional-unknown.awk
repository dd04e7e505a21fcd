#: options --traditional
#: only gawk
#: exit 2
#: stderr some
BEGIN {
	print "before"
	print typeof(1)
	print "after"
}
