#: operands nothing.txt other.txt
#: files left.txt right.txt
# Operands can be replaced and ARGC cut.
BEGIN { ARGV[1] = "right.txt"; ARGC = 2 }
{ n++ }
END { print FILENAME, n }
