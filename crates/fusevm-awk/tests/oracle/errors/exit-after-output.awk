#: exit 1
# All output is written before the program ends.
BEGIN { for (i = 0; i < 1000; i++) print i > "f"; printf "no newline"; exit 1 }
END {
    close("f"); while ((getline l < "f") > 0) n++; print " " n; print "b" > "g"; system("cat g")
    print "c" | "cat"
}
