#: files sections.txt
# One record can begin and end a range.
/BEGIN/, /END/ { print "both " NR }
NR == 3, NR >= 1 { print "just " NR }
