#: stdin hello world\n
# length alone, before operators, and at the end of a statement.
{
    x = length; print x; print length > "/dev/stdout"; if (length > 5) print "long"
    print length, length; n = length - 1; print n; print length
}
