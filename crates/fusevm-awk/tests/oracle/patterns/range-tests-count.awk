#: stdin 1\n2\n3\n4\n5\n6\n7\n
# While the range is open only its end is tested, else only its start.
started($1), ended($1) { body = body " " $1 }
END { print "start:" s; print "end:" e; print "body:" body }
function started(v) { s = s " " v; return v % 3 == 2 }
function ended(v) { e = e " " v; return v % 3 == 1 }
