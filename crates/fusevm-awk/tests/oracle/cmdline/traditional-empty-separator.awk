#: options --traditional
#: only gawk
BEGIN {
	print split("a b", a, "")
	FS = ""
	print split("a b", b)
	$0 = "a b"
	print NF
}
