#: only gawk
#: exit 1
#: stderr some
@include "no-such-file"
BEGIN { print "not reached" }
