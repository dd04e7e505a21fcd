#: stdin one 1\ntwo 2 2\nthree\nfour 4\n
# getline alone reads the next record into $0 and counts NR, FNR and NF.
NR == 1 { print "before", $0, NF; r = getline; print r, $0, NR, FNR, NF }
NR == 3 { getline; print "now", $1, NR }
END { print (getline), NR, $0 }
