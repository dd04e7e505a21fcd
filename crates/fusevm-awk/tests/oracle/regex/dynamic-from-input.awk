#: stdin ^a.c$ abc\n[0-9]+ x42\nb|d abcd\na\\.b a.b\na\\.b axb\n(xy)+ axyxyb\n\\$ a$b\n\\\\ a\\b\n[[:upper:]] xYz\n
# Regexes that are read from input.
{ print $1, $2, ($2 ~ $1), match($2, $1), RSTART, RLENGTH }
