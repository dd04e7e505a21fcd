#: operands left.txt right.txt
#: files left.txt right.txt
# A deleted operand is skipped.
BEGIN { delete ARGV[1] }
FNR == 1 { print FILENAME, $2 }
