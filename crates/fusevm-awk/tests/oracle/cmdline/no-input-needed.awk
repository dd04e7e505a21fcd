#: argv 'BEGIN { print 1 } ; END { }' /dev/null
# An empty END still reads the operands.
