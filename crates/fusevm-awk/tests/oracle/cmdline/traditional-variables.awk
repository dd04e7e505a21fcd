#: options --traditional
#: stdin x y\n
#: stderr any
#: only gawk
BEGIN {
	FIELDWIDTHS = "1 1"
	FPAT = "x"
	IGNORECASE = 1
	RT = "mine"
	print (getline line < "no such file"), ERRNO "|"
}
{ print $1, $2, FIELDWIDTHS, FPAT, RT, "A" ~ "a" }
