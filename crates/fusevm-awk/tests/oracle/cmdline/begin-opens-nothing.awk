#: operands no/such/file
# With only BEGIN the operands are not opened.
BEGIN { print "fine", ARGV[1] }
