#: files left.txt right.txt
#: operands left.txt
# Two files side by side; the shorter one ends early.
{ if ((getline other < "right.txt") > 0) print $0 "\t" other; else print $0 "\t" }
END { while ((getline other < "right.txt") > 0) print "\t" other }
