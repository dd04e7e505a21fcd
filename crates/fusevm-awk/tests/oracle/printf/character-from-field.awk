#: stdin 65 A 66.0 6x\n
# A field that looks numeric is a character code for %c.
{ printf "%c %c %c %c\n", $1, $2, $3, $4; printf "%c %c\n", $1 "", substr($1, 1) }
