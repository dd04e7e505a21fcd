#: files left.txt right.txt
# NR counts on, FNR starts again with each file.
NR == FNR { first++; next }
FNR == 1 { print "second file after", first, "records, NR", NR }
NR % 2 { print NR, FNR, $0 }
