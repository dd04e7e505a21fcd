#: file data.txt a b c\nlonger than fourteen bytes\n\n
#: operands data.txt
# A text of several parts is printed as one, whatever its parts do.
function set(value) {
    $1 = value
    return "[" value "]"
}

BEGIN {
    OFS = "-"
    OFMT = "%.3g"
    CONVFMT = "%.5g"
    print 3.14159265 ""
    print 3.14159265, 3.14159265 ""
    x = 2.71828182
    print x " " x
    print (x y) z
    print -1 " " -1
    print 1 2
    print y z
    print (1 < 2) (2 < 1)
    x = "x"
    print x (x = "y") x
    print "a" "b" > "/dev/stdout"
    print "c" "d" | "cat"
    close("cat")
}

{
    print $1 "," $2 "," $3
    print $1 set("new") $1
    print NR ":" NF ":" $0
    print toupper(substr($1, 1, 1)) substr($1, 2)
    ORS = NR == 1 ? "|" : "\n"
    print $1 (OFS = "+") $2
}
