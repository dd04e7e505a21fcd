#: stdin 4\n2\n0\n1\n
#: exit 2
#: stderr some
# A remainder by zero too, in the middle of the input.
{ print 9 % $1 }
END { print "never" }
