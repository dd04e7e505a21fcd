#: operands left.txt
#: files left.txt
# Elements of ARGV that do not exist count as empty.
BEGIN { ARGC = 10; ARGV[7] = "left.txt" }
{ n++ }
END { print n }
