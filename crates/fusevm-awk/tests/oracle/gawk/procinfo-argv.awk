#: only gawk
#: options -v x=1
#: operands one y=2
BEGIN {
	for (i = 1; i in PROCINFO["argv"]; i++)
		print i, PROCINFO["argv"][i]
	print isarray(PROCINFO["argv"]), length(PROCINFO["argv"])
	exit
}
