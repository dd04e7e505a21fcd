#: stdin a\nb\n
# BEGIN and END actions run in the order of the text, wherever they stand.
END { print "end 1" }
BEGIN { print "begin 1" }
{ print "rule", $0 }
BEGIN { print "begin 2" }
END { print "end 2", NR }
