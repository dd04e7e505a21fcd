#: only gawk
#: file d +nan\n-inf\n+inf\n +INF \n\x0b-inf\x0b\n
#: operands d
# A sign and the word are a number wherever a number is asked for.
{ print $0 + 1, $1 - 1, 2 * $1, $1 / 2, 2 / ($1 + 1), $1 ^ 2, -$1, $1 % 2, strtonum($1) }
{ x = $1 ""; print x + 1, x - 1, 2 * x, x / 2, x ^ 2, 2 % x + 1, strtonum(x) }
{ n += $1; print n, ++$1, $1 }
