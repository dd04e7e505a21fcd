#: only gawk
#: exit 2
#: stderr some
BEGIN {
	a[1] = 1
	print asort(a, b)
	print asort(a, b, "no_such_function")
}
