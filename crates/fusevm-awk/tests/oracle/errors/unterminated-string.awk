#: exit 1
#: stderr some
#: differs original-awk: its exit status for a syntax error is 2
# A string that does not end on its line.
BEGIN { print "never }
