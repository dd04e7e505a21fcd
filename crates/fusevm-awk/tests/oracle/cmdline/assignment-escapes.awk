#: operands 'x=a\tb\\c' 'y= 10 ' z= /dev/null
# Escapes in operands; numeric look.
END { print x, length(x), y + 1, (y == 10), "[" z "]" }
