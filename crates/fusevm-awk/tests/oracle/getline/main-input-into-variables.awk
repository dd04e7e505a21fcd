#: stdin a 1\nb 2\nc 3\nd 4\ne 5\n
# The lines that a variable gets from the main input are counted, but are not the record.
function next_line(  line) { return (getline line) > 0 ? line : "none" }
NR == 1 { print next_line(), NR, $0; x = "kept" }
NR == 3 { while ((getline x) > 0) print "read", x, NR, $0 }
END { print x, getline x, x, NR }
