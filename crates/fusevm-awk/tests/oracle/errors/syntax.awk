#: exit 1
#: stderr some
#: differs original-awk: its exit status for a syntax error is 2
# A program that cannot be parsed runs nothing, not even its BEGIN.
BEGIN { print "never" }
{ print $1 + }
