#: operands left.txt
#: files left.txt right.txt
# Operands can be added, assignments too.
BEGIN { ARGV[ARGC++] = "v=7"; ARGV[ARGC++] = "right.txt" }
FNR == 1 { print FILENAME, v + 0 }
END { print ARGC }
