#: files emp.txt
# Lines of one run go to one sort, which ends with the program.
BEGIN { print "name hours" }
{ print $3, $1 | "sort -n" }
