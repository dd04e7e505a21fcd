#: only gawk
#: exit 2
#: stderr some
# So does sub.
BEGIN { sub(/x/, "", a); print "before"; a[1]; print "never" }
