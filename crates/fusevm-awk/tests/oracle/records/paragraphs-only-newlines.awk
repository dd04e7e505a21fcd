#: stdin \n\n\n
# Nothing but newlines are no records.
BEGIN { RS = "" }
{ print "never" }
END { print NR }
