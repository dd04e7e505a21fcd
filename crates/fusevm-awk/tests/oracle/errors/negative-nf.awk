#: stdin a b\n
#: exit 2
#: stderr some
# NF cannot be negative.
{ print NF; NF = -1; print "never" }
