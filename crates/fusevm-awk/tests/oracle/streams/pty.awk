#: only gawk
# A coprocess on a terminal: its lines come at once, and it may ask for its terminal.
BEGIN {
    ask = "read x < /dev/tty; echo \"got $x\" > /dev/tty; cat"
    PROCINFO[ask, "pty"] = 1
    print "first" |& ask
    ask |& getline line; print line
    print "second" |& ask
    ask |& getline line; print line
    close(ask, "to")
    print (ask |& getline line), ERRNO
    print close(ask)
    sorted = "tr a-z A-Z"
    PROCINFO[sorted, "pty"]
    print "b" |& sorted
    close(sorted, "to")
    sorted |& getline line; print line, close(sorted)
}
