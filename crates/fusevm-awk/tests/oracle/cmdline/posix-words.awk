#: options --posix
#: only gawk
function gensub(x) { return x + 1 }
BEGIN {
	func = 1
	switch = 2
	systime = 3
	print func, switch, systime, gensub(3), 2 ^ 3
	print "true" | "cat > /dev/null; exit 3"
	print close("cat > /dev/null; exit 3")
	FS = ""
	$0 = "a b"
	print NF
}
