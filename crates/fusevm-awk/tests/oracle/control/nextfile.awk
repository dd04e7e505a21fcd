#: files left.txt right.txt emp.txt
# nextfile goes to the next file.
FNR == 2 { print "leave", FILENAME, NR; nextfile }
{ print FILENAME, FNR, $1 }
END { print NR }
