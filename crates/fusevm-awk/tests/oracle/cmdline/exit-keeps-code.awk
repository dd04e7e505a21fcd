#: stdin a\nb\n
#: exit 6
# exit without a value in END keeps the earlier code.
{ exit 6 }
END { print "end"; exit }
