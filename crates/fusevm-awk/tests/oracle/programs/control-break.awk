#: file data east apple 3\neast pear 4\nnorth apple 1\nnorth plum 2\nnorth plum 5\nwest fig 9\n
#: operands data
# Subtotals at each change of a sorted key.
$1 != last { if (NR > 1) subtotal(); last = $1; print "== " $1 }
{ printf "  %-6s %3d\n", $2, $3; sum += $3 }
END { subtotal(); printf "%-8s %3d\n", "total", all }
function subtotal() { printf "  %-6s %3d\n", "sum", sum; all += sum; sum = 0 }
