#: files emp.txt
# The first two, the last two, some columns, every third line.
NR <= 2 { print "head", $1 }
{ ring[NR % 2] = $1 }
NR % 3 == 0 { print "third", substr($0, 1, 5), $NF }
END { print "tail", ring[(NR + 1) % 2]; print "tail", ring[NR % 2] }
