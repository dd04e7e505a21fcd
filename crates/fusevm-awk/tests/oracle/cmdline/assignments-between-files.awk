#: operands n=1 left.txt n=2 right.txt n=3
#: files left.txt right.txt
# Assignment operands take effect when their turn comes.
BEGIN { print "begin [" n "]" }
FNR == 1 { print FILENAME, n }
END { print "end", n, ARGC }
