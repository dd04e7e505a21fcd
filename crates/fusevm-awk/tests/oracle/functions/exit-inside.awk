#: stdin 1\n2\n3\n
#: exit 4
#: differs original-awk: the statement that called the function still finishes there
# exit in a function ends the program after the END actions.
function stop(v) { if (v == 2) exit v + 2; return "went on" }
{ print $1, stop($1) }
END { print "end", NR }
