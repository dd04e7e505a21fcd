#: argv '{ print $2 }' left.txt
#: files left.txt
# The program is the first operand.
