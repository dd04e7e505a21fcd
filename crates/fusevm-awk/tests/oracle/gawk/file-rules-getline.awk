#: file one 1\n2\n
#: file two 3\n4\n
#: operands one missing two
#: exit 2
#: stderr some
#: only gawk
# Functions may read the main input, but not while a rule for files runs.
function another(  line) { if ((getline line) > 0) return line; return "none" }
function skip() { nextfile }
BEGINFILE { if (ERRNO != "") { print "no", FILENAME; skip() } print "file", FILENAME }
{ print $0, another() }
ENDFILE { if (FILENAME == "two") another() }
END { print "never" }
