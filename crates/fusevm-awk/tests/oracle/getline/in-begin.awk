#: files left.txt right.txt
# In BEGIN getline reads the first records of the operands.
BEGIN { getline; print FILENAME, $0, NR, NF; getline x; print x, NR, FNR, FILENAME }
{ if (FNR == 1 || NR == 3) print FILENAME, FNR, $0 }
END { print NR }
