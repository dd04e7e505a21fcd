#: operands left.txt - right.txt
#: files left.txt right.txt
#: stdin stdin 1\nstdin 2\n
# - among the files is the standard input.
{ print FILENAME, FNR, $1 }
END { print NR }
