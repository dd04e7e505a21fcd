#: operands x=5 y=6
#: stdin from stdin\n
# With nothing but assignments the standard input is read, after them.
{ print x, y, $0 }
END { print ARGC }
