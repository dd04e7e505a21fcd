# Own output comes before that of a command which is closed later.
BEGIN {
    print "1 first"; print "3 piped" | "cat"; print "2 second"; fflush("/dev/stdout"); close("cat")
    print "4 last"
}
