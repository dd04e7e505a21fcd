#: stdin a\nb\n
# Rules on one line and over several.
/a/; /b/ { print "B" } ; NR == 1
/a/ { print "one" } { print "two" }
/a/,
/b/ { print "range" }
NR == 2 &&
/b/ ||
0 { print "and" }
