#: options --traditional
#: only gawk
# What gawk reserves are names here; intervals are there, and numbers of other bases are not.
func and(a, b) { return a " and " b }
function f(switch, xor) { return switch + xor }
BEGIN {
	case = 3
	default = "d"
	BEGINFILE = f(1, 2)
	print case, default, BEGINFILE, and("x", "y")
	print "aa" ~ /^a{2}$/, 2 ** 3, length(0x11), 011 + 0
	FS = ""
	$0 = "a b"
	print NF
}
