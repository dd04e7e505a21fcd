#: argv -F '\t' -f prog.awk
#: stdin a b\tc\n
# Escapes in -F are those of string constants.
{ print $2, length(FS) }
