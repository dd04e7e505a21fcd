#: differs original-awk: numbers out of range do not look numeric there
#: stdin 1e-400 1e400 -1e400\n
# Numbers that are too small or too large are numbers still.
{ print !$1, ($1 == 0), ($2 > 1e300), ($2 > 5), ($3 < 0), $1 + 0, ("1e400" + 0 > 1e300), ("-1e400" + 0 < 0) }
