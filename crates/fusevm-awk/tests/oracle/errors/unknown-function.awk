#: exit 2
#: stderr some
#: only gawk
# A function that nobody defines matters when it is called.
function known(x) { return x + 1 }
BEGIN {
    if (x) unknown(1)
    print known(1)
    print unknown(known(2))
    print "never"
}
