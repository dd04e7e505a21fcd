#: only gawk
#: options -S
#: file one 1\n
#: file two 2\n
#: operands one
#: exit 2
#: stderr some
BEGIN { ARGV[ARGC++] = "two" }
{ print }
