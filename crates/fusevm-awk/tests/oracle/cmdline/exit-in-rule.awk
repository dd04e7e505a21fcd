#: stdin a\nb\nc\n
#: exit 5
# exit in a rule reads no more input.
NR == 2 { exit 4 + 1 }
{ print }
END { print NR, $0 }
