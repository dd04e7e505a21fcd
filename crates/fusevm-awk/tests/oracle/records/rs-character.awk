#: stdin a b;c d;;e\n
# A single character as RS; the newline at the end belongs to the last record.
BEGIN { RS = ";" }
{ print NR ": [" $0 "]", NF }
