#: exit 3
# exit in BEGIN reads no input but runs END.
BEGIN { print "begin"; exit 3; print "never" }
{ print "never" }
END { print "end" }
