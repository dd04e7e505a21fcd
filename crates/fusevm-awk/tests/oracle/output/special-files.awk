#: stderr some
# /dev/stdout and /dev/stderr mean the program's own streams.
BEGIN {
    print "one"; print "two" > "/dev/stdout"; printf "%s\n", "three"; print "error" > "/dev/stderr"
    print "four" | "cat"; close("cat"); print "five" > "/dev/stdout"
}
