#: stdin 1\n2\n3\n4\n
#: differs original-awk: it refuses next inside a function
# next in a function that a rule called ends the work on the record.
function check(v) { if (v % 2) next; return "even" }
{ print $1, check($1) }
END { print NR }
