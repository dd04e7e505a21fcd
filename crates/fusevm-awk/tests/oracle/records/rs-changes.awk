#: stdin a b\nc;d;e\nf\n\ng h\ni\n\nj\n
# A new RS counts from the next record on.
NR == 1 { RS = ";" }
NR == 3 { RS = "" }
{ print NR ": [" $0 "]" }
