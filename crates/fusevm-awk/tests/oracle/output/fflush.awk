# fflush gives 0 for open streams.
BEGIN {
    printf "a"; print fflush(); print "x" > "f"; print fflush("f"); system("cat f"); print "y" | "cat > g"
    r = fflush("cat > g"); close("cat > g"); getline l < "g"; print r, l
}
