#: only gawk
#: file one 1\n2\n3\n
#: file two 4\n5\n
#: operands one two
function skip() { nextfile }
function line() { return ++lines }
BEGINFILE { print "begin", FILENAME; line() }
$1 == 2 { skip() }
{ print $0; line() }
ENDFILE { print "end", FILENAME, FNR }
END { print lines }
