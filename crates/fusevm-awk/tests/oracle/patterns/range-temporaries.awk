#: only gawk
#: file d 1\n2\n3\n4\n
#: operands d
# What other statements hold for a moment has nothing to do with whether a range is open.
BEGIN { a[0][0] = 1; a["x"]["y"]++; sub(/1/, "2", a["x"]["y"]) }
{ b[NR][1] = NR; gsub(/./, "&&", b[NR][1]); sub(/x/, "y", b[NR, 1]) }
unset, NR { print "never" }
$1 == 2, $1 == 3 { c[0][$1]++; print "range", $1, b[NR][1] }
$1 == 1, 0 { sub(/./, "+", d[$1]); print "open", $1 }
