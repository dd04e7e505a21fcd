#: only gawk
# Writing to a command, and reading what it makes of it.
BEGIN {
    sort = "sort -n"
    for (i = 5; i > 0; i--)
        print i * 3 |& sort
    close(sort, "to")
    while ((sort |& getline line) > 0)
        print "line", line
    print close(sort)

    cat = "cat"
    for (i = 0; i < 3; i++) {
        printf "ask %d\n", i |& cat
        fflush(cat)
        cat |& getline
        print "answer", $2
    }
    print close(cat, "to"), close(cat, "from"), close(cat)
}
