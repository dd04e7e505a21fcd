#: only gawk
#: stdin one\ntwo\n
# Streams by their descriptors.
BEGIN {
    print "first"
    print "second" > "/dev/fd/1"
    print "third" > "/dev/stdout"
    while ((getline line < "/dev/fd/0") > 0)
        print line
}
