#: stdin a b c\nd e\nf\n1.50 02 x y z\n
# Fields by computed numbers that are put behind a variable, as texts.
function turned(  i, s) { for (i = NF; i; i--) s = s $i " "; return s }
function wide(n,  i, s) { s = n; for (i = 1; i <= n; i++) s = s "," $(i % NF + 1) "=" i / 4; return s }
BEGIN { CONVFMT = "%.2g" }
{
	print turned(), wide(5)
	s = ""; for (i = 1; i <= NF; i++) s = s (i > 1 ? ";" : "") $i
	own = own own $NF; if (length(own) > 20) own = ""
	number = number + 1; number = number $1; number += 0
	first = first $1 first $NF
	$2 = NF / 8; changed = changed $2 $(1 + 1) "|"
	print s, own, number, first, changed, "<" $NF ">" $(NF - 1) $0
	printf "%s %s\n", NF, $NF
}
END { for (k = 3; k < 60; k++) t = t $(k % 7) "."; print t; t = 7; t = t t $1; print t + 0, t }
