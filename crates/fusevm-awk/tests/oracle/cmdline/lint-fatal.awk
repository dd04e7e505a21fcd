#: options --lint=fatal
#: only gawk
#: exit 2
#: stderr some
BEGIN {
	x = 1
	if (x > 1) y = 2
	print x
	print y
	print "not reached"
}
