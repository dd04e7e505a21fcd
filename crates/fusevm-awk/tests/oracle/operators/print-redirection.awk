# > after print is a redirection; in parentheses it compares.
BEGIN {
    print (1 > 2), (2 > 1)
    print (3 > 2) ? "yes" : "no"
    print (1, 2) in a
    print (1)(2)
    print (1) (2), 3
    print("x", "y") > "/dev/stdout"
    print "a" "b" > "o" "ut.txt"
    close("out.txt")
    while ((getline line < "out.txt") > 0) print "read back", line
    print 1, (2 < 3 ? "less" : "more") > "/dev/stdout"
    print -1 " " -1, 2 ^ 3 > "/dev/stdout"
}
