#: exit 2
#: stderr some
#: stdin a b c\n
# The index is looked at where the field is.
{ for (i = 2; i > -3; i--) { print i; if ($i ~ /x/) print "never"; if ($i == "b") print "b" } }
