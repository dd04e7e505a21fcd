#: only gawk
#: exit 2
#: stderr some
BEGIN {
	"echo x" | getline line
	print line
	"" | getline line
	print "not reached"
}
