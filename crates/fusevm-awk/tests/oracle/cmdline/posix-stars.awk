#: options --posix
#: only gawk
#: exit 1
#: stderr some
BEGIN { print 2 ** 3 }
