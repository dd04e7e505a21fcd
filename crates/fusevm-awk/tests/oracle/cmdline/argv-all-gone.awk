#: operands left.txt
#: files left.txt
#: stdin instead\n
# When no operand is left the standard input is read.
BEGIN { delete ARGV[1] }
{ print $0, (FILENAME == "left.txt" ? "file" : "stdin") }
