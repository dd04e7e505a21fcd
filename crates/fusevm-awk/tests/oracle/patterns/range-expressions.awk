#: files emp.txt
# The ends of a range can be any expressions.
NR == 2, NR == 4 { print $1 }
$3 == 0, $3 > 30 && $4 == "support" { print "idle", $1 }
n++ == 5, 1 { print "sixth", $1 }
