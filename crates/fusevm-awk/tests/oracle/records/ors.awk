#: stdin a\nb\n
# ORS ends what print prints.
BEGIN { ORS = "--\n" }
{ print; ORS = NR == 1 ? "" : "\n"; print "x" }
