#: only gawk
#: exit 2
#: stderr some
BEGIN {
	FIELDWIDTHS = "2 1"
	$0 = "abc"
	print $2
	FIELDWIDTHS = "2 0 1"
	$0 = "abc"
	print $2
}
