#: only gawk
# Why something could not be read.
BEGIN {
    print "<" ERRNO ">"
    print (getline line < "missing"), ERRNO
    print (getline line < "/"), ERRNO
}
