#: stdin 17 x 8\nfoo 7\n7 foo\n\n27\nx 7 y\n107 bar foo\n9 9 9\nno\n
# A program that does something with some records only; the last one and its number stay.
$1 ~ /7$/ { print NR, FNR, $0; n++ }
END { print n, NR, FNR, NF, "[" $0 "]" }
