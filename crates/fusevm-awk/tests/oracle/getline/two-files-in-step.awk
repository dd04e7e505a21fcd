#: files left.txt right.txt
#: operands
# Several inputs open at once.
BEGIN {
    while (1) {
        r1 = (getline a < "left.txt"); r2 = (getline b < "right.txt")
        if (r1 <= 0 && r2 <= 0) break
        print (r1 > 0 ? a : "-") " | " (r2 > 0 ? b : "-")
    }
}
