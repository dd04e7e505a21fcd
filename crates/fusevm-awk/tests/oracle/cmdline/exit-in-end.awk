#: stdin a\n
#: exit 7
# exit in END ends at once.
END { print "one"; exit 7; print "never" }
END { print "never" }
