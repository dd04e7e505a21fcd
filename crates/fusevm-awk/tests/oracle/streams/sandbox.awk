#: only gawk
#: options -S
#: exit 2
#: stderr some
BEGIN { print "before"; system("echo in the command") }
