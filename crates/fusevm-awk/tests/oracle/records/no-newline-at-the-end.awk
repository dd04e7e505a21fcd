#: stdin a\nb
# The last record needs no newline; output gets one.
{ print NR ": " $0 }
END { print NR, $0 }
