#: files words.txt
#: operands
# getline var < file changes nothing but the variable.
BEGIN {
    while ((getline line < "words.txt") > 0) { n++; if (length(line) > length(long)) long = line }
    print n, long; print NR, FNR, NF, "[" $0 "]"; print (getline line < "words.txt"), "[" line "]"
    close("words.txt"); print (getline line < "words.txt"), line
}
