#: stdin from stdin\nsecond\n
# The file named - is the standard input.
BEGIN { getline x < "-"; print "read", x; print (getline y < "-"), y, (getline y < "-"), y }
