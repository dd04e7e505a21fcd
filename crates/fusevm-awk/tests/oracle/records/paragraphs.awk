#: files addresses.txt
# With RS empty, blank lines separate records and newlines separate fields too.
BEGIN { RS = "" }
{ print NR ": " $1 "|" $NF "|" NF; n = split($0, line, "\n"); print n, line[2] }
END { print NR }
