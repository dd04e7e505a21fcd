#: only gawk
#: exit 2
#: stderr some
BEGIN {
	print (getline line < "no such file")
	print (getline line < "")
}
