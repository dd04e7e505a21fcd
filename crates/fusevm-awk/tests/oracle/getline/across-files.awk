#: files left.txt right.txt
# getline passes from one operand to the next.
FNR == 4 && FILENAME == "left.txt" { print $0; getline; print FILENAME, FNR, NR, $0; getline v; print v, FNR }
END { print NR, FNR }
