#: stdin one 1\ntwo 2 2\nthree\nfour 4\n
# getline var counts NR and FNR but leaves $0 and NF alone.
{ while ((r = (getline line)) > 0) print r, line, "|", $0, NF, NR, FNR; print r, "[" line "]" }
