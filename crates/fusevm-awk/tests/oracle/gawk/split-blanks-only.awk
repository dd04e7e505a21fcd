#: only gawk
# What stands before the first piece is there where there is no piece, too.
BEGIN {
	print split("  ", a, " ", seps), "[" seps[0] "]", length(seps)
	print split("", a, " ", seps), length(seps)
	print split(" \t\n", a, FS, seps), length(seps[0]), length(a)
	print split(" x ", a, " ", seps), "[" seps[0] "][" seps[1] "]"
}
