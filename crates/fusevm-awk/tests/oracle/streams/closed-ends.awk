#: only gawk
#: stderr some
#: exit 2
# What is closed can be neither written, flushed nor read, unless that is not fatal.
BEGIN {
    c = "cat"
    PROCINFO[c, "NONFATAL"]
    print "x" |& c; close(c, "to")
    print fflush(c)
    ERRNO = ""; print "y" |& c; print ERRNO
    c |& getline line; print line
    close(c)
    ERRNO = ""; print "z" |& c; close(c, "from")
    print (c |& getline), ERRNO
    d = "cat >&2"
    print "seen" |& d; close(d, "to")
    "echo a" | getline; print fflush("echo a"), fflush("nothing")
    printf "%s", "never" |& d
    print "never"
}
