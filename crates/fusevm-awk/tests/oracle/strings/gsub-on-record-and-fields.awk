#: stdin one two two\nx  y   z\nno match here\n
# Without a target the record changes and is split anew; a field as target rebuilds the record.
NR == 1 {
    print gsub(/two/, "three four"), NF, $0, $4; print sub(/o/, "0", $1), $0, NF; $2 = ""
    print sub(/^ */, ""), $0, NF
}
NR == 2 {
    print gsub(/q/, "r", $2), $0; print gsub(/y/, "Y", $2), $0; print gsub(/ /, ","), $0, NF
    n = gsub(/$/, " tail", $(NF + 1)); print n, NF, $0
}
NR == 3 {
    print sub(/zz/, "r"), $0; OFS = "-"; print sub(/here/, "there", $3), $0; print sub(/h/, "H", $NF), $NF, $0
}
