#: differs original-awk: atof reads hexadecimal there
#: stdin 0x11 0xff 0X1p3 0x -0x10\n
# Hexadecimal strings and input count as what stands before the x.
{ print "0x11" + 0, $1 + 0, $2 + 0, $3 + 0, $4 + 0, $5 + 0, ($1 == 17), ($1 == 0), ($2 < 3) }
