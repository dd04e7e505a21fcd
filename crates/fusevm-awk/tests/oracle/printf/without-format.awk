#: options --posix
#: stderr any
# POSIX's awk of gawk takes it for nothing to print.
BEGIN {
    printf
    print "X"
}
