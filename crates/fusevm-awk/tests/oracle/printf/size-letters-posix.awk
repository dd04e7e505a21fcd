#: options --posix
#: exit 2
#: stderr some
#: differs original-awk: it takes them
BEGIN { print "before"; printf "%ld\n", 1 }
