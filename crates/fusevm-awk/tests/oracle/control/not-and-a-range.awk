#: stdin 1\n2 from\n3 skip\n4 to\n5 to\n6 from to\n7\n8 from\n9 skip\n
# Ranges, and records of no use within them.
/from/, /to/ { if (!/skip/) print NR ": " $0; if (NR == 4) RS = " "; if (/6/) RS = "\n" }
END { print NR, $0 }
