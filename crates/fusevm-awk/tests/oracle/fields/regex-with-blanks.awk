#: options -F' +'
#: stdin \x20\x20a  b\nc d \n x\n
# A regex of blanks gives an empty first field where the record begins with them.
{ printf "%d", NF; for (i = 1; i <= NF; i++) printf "[%s]", $i; print "" }
