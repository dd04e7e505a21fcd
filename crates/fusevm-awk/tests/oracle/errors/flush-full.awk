#: only gawk
#: exit 2
#: stderr some
BEGIN {
	PROCINFO["/dev/full", "NONFATAL"] = 1
	printf "x" > "/dev/full"
	print fflush("/dev/full"), ERRNO
	delete PROCINFO["/dev/full", "NONFATAL"]
	printf "x" > "/dev/full"
	fflush("/dev/full")
	print "not reached"
}
