#: stdin b one\na two\nc one\nb two\n\na one\nd d\nb\n
# Which of two rules of one loop a record is for, and for both of them in turn.
BEGIN {
    while ((getline) > 0) {
        if ($1 == "b") print "b at", NR, $2
        else if ($2 ~ "o.e|w") print "second at", NR, $1
    }
    print NR, $0
}
