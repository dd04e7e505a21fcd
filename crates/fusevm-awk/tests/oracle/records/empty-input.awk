# No input: no records.
{ print "never" }
END { print NR, NF, "[" $0 "]" }
