#: file one 1\n2\n
#: file two 3\n4\n
#: operands one two
#: only gawk
# END reads on after a rule for files has ended the program.
function end() { exit }
function another(  line) { if ((getline line) > 0) return line; return "none" }
BEGINFILE { if (n++) end() }
{ print }
END { print another(), another() }
