#: stdin unread\nlines\n
# With nothing but BEGIN no input is read.
BEGIN { print "NR", NR; x = 3 }
BEGIN { print x, NR, NF, "[" $0 "]" }
