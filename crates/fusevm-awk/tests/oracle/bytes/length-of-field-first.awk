#: only gawk
#: stderr some
#: stdin \xff x\n
{ print length($1) }
