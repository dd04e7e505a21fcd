#: only gawk
#: exit 2
#: stderr some
BEGIN {
    print "x" |& "cat"
    close("cat", "to")
    "cat" |& getline
    print
    print "y" |& "cat"
}
