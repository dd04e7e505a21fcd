#: files left.txt
# close waits for the command, so what comes after is printed after.
{ print $2 | "sort -r" }
END { print close("sort -r"); print "after"; print "again" | "cat"; r = close("cat"); print "last", r }
