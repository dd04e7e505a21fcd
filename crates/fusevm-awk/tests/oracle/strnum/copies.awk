#: stdin 10 9 abc\n
# Numeric-looking input keeps its nature through assignments, arguments and array elements.
function less(a, b) { return (a < b) }
function give(v) { return v }
{
    x = $1; y = $2; m["x"] = $1; m["y"] = y
    print (x < y), (m["x"] < m["y"]), less($1, $2), less(x, m["y"]), (give($1) < give($2))
    print (($1) < ($2)), ((1 ? $1 : 0) < $2), ((z = $1) < $2)
    print less($1 "", $2), less(substr($1, 1), $2), less($1, "9"), less($3, 9)
}
