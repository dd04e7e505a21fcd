#: files emp.txt left.txt
#: operands left.txt
# getline < file sets $0 and NF only.
{ print $0, NR; if ((getline < "emp.txt") > 0) print $1, $4, NF, NR, FNR, FILENAME }
