#: stdin head\nx 1\nx 2\nend\ntail\nhead\nx 3\nend\n
# A block read by getline inside a rule.
/head/ { sum = 0; while ((getline) > 0 && $0 != "end") sum += $2; print "block of", sum, "to", NR; next }
{ print "outside", $0 }
