#: only gawk
#: exit 2
#: stderr some
BEGIN { printf "x" > "/dev/full"; fflush(); print "not reached" }
