#: only gawk
#: stdin 10 3\n7\n
# What the record is to comparisons after the program has changed it.
{ line = $0 }
{ sub(/1/, "2"); print ($0 == 20.0), ($0 < 3) }
{ $0 = line; $0 = "10"; print ($0 < 9), ($1 < 9) }
{ $0 = line; print ($0 < 9) }
{ $0 = line; $1 = "10"; print ($0 < 9), ($1 < 9) }
{ $0 = 10; print ($0 < 9), ($1 < 9), ($0 == "10") }
{ $0 = line; NF = 1; print ($0 < 9), ($1 < 9) }
