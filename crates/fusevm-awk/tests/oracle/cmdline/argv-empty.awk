#: operands left.txt right.txt
#: files left.txt right.txt
# So is an empty one.
BEGIN { ARGV[2] = "" }
{ n++ }
END { print n, FILENAME }
