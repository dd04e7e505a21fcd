#: only gawk
# Of what is open under one name, close closes what was opened last.
BEGIN {
    print "exit 3" > "sh"
    getline line < "sh"
    print "exit 4" | "sh"
    print close("sh"), close("sh"), close("sh"), close("sh")
}
