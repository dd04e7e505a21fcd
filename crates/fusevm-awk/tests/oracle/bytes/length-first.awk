#: only gawk
#: stderr some
#: stdin \xff x\n
BEGIN { print length("\x81\x82\x83\x84") }
{ print length($1) }
