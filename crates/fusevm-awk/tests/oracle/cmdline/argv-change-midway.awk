#: operands left.txt right.txt right.txt
#: files left.txt right.txt
# Operands further on can be changed while a file is read.
FNR == 1 { print FILENAME; if (!done++) { ARGV[2] = "left.txt"; delete ARGV[3] } }
END { print NR }
