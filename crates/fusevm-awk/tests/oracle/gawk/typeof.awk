#: only gawk
#: stdin 12 abc 0x1A\n
function f(x) { return typeof(x) }
BEGIN {
    print typeof(1), typeof("s"), typeof(@/re/), typeof(1 == 1), typeof(u)
    a[1]; print typeof(a), typeof(a[1]), typeof(a[2]), f(a), f(3), f("x")
    print typeof(mkbool(3)), mkbool(0) + 0, mkbool("x")
    v = @/b+/; w = v; print typeof(v), typeof(w), typeof(v ""), "abbb" ~ v, v
}
{ print typeof($1), typeof($2), typeof($3), typeof($9), typeof($0); x = $1; print typeof(x), typeof(x + 0), typeof(x "") }
