# Newlines may follow , { && || do else and the parenthesis of if, for, while.
function f(a,
    b) {
    return a &&
        b ||
        0
}
BEGIN {
    if (1)

        print "if"
    else

        print "no"
    for (i = 0; i < 1; i++)

        print "for"
    while (j++ < 1)
        print "while"
    do
        print "do"
    while (0)
    print 1,
        2,
        f(1,
          1)
    a["x"]; for (k in a)
        print k
    {
        print "block"
    }
}
