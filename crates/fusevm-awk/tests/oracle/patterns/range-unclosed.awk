#: stdin 1\n2\n3\n4\n5\n6\n
# A range with no end goes on to the end of the input.
$1 == 4, $1 == 1 { print }
/nothing/, /6/ { print "never" }
