#: stdin a\n
# Without any value the code is 0.
{ print; exit }
END { print "end" }
