#: argv -f lib.awk -f prog.awk left.txt
#: files left.txt
#: file lib.awk function dbl(s) { return s s }\nBEGIN { print "lib" }\n{ n++ }\n
# Several -f make one program, in their order.
BEGIN { print "main", dbl("x") }
END { print n, dbl($2) }
