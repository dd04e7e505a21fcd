#: stdin a b\n
#: exit 2
#: stderr some
# There is no field before $0.
{ print "first"; i = -1; print $i; print "never" }
