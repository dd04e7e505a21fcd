#: argv -f - left.txt
#: stdin { print "prog:", $2 }\nEND { print NR }\n
#: files left.txt
# -f - reads the program from the standard input.
