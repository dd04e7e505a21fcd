#: stdin 1\nopen\n2\nclose\n3\n4\n
# getline inside a range takes records away from its end test.
/open/, /close/ { print "in", $0; if (/2/) { getline; print "took", $0 } }
