#: stdin a\nb\na\nc\nb\na\n
# The idiom for the first of equal records, and the one for the others.
!seen[$0]++
seen[$0] > 1 { print "again", $0, seen[$0] }
