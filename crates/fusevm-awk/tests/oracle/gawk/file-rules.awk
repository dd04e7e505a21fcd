#: only gawk
#: file one 1\n2\n3\n
#: file two 4\n
#: operands one missing two
# What happens at the beginning and at the end of files.
BEGIN { print "BEGIN" }
BEGINFILE { if (ERRNO) { print "skip", FILENAME, ERRNO; nextfile } print "begin", FILENAME, FNR, ARGIND }
FNR == 2 { print "at", $0; if ((getline x) > 0) print "got", x }
{ sum += $1 }
ENDFILE { print "end", FILENAME, FNR; last = $0 }
END { print "END", NR, sum, last }
