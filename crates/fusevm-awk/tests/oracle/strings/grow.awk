#: file d a b\nc d\n
#: operands d
# A variable that has text put behind its own, in every kind of variable, while the others look at it and change it.
function add(s) { all = all s ";" }
function own(n,   s) { while (n-- > 0) s = s n (n % 2 ? "o" : "e") toupper(s) ","; return s }
function change() { x = "changed"; return "+" }
BEGIN {
	n = 5; n = n "a" n; print n
	n = 7; n = n n n; print n
	n = n (n = "b"); print n
	x = "x"; x = x change() x; print x
	print own(3)
	y = y ? y "," 1 : "first"; y = y ? y "," 2 : "first"; y = (y ? y "," 3 : "first"); print y
	z = w = w "q" w; z = (z = z "r") "s"; print z, w
	u = u; u = u u; print length(u), (u == 0)
	CONVFMT = "%.2g"; f = 3.14159; f = f "|" f; print f
	for (i = 0; i < 3000; i++) { long = long i " " "x"; g = g substr(long, i, 2) "-" }
	print length(long), length(g)
}
{ add($1); all = all $2 "."; line = line $0 NR; $2 = $2 $1 "!"; print }
END { print all, line; OFS = OFS "-" OFS; print 1, 2 }
