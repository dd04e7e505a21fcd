#: only gawk
#: exit 2
#: stderr some
# A numbered argument that there is not.
BEGIN { printf "%2$s %1$s\n", "a", "b"; printf "%3$s\n", "a", "b"; print "never" }
