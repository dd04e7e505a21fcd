#: stdin 3\n0\n5\n
# Assignments and increments work as patterns.
x = $1 { print "x", x }
i++ { print "i", i }
(y += $1) > 4 { print "y", y }
