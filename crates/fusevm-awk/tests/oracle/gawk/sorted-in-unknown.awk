#: only gawk
#: exit 2
#: stderr some
BEGIN {
	a[1] = 1
	PROCINFO["sorted_in"] = "compare"
	for (key in a) print key
	PROCINFO["sorted_in"] = "no_such_function"
	for (key in a) print key
}

function compare(i1, v1, i2, v2) { return i1 - i2 }
