#: stdin a\tb \t c\v d\f\n
# Which white space separates fields and which does not.
{ print NF, length($0); for (i = 1; i <= NF; i++) print length($i) }
