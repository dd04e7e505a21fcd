#: stdin \x20\x20leading and   wide  \n\ttabs\tand spaces\t \n\n \none\n
# Blanks and tabs separate; those at the ends do not count; $0 keeps them.
{ printf "%d:", NF; for (i = 1; i <= NF; i++) printf "[%s]", $i; print " <" $0 ">" }
