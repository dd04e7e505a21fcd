#: only gawk
# A `/=` divides and assigns only where something can be assigned.
BEGIN {
    $0 = "a b"
    print $/= b/ c /= d/
    c = 6
    c /= 2
    print c
    print 1 /=a/ /=b/ 2 /=c/
    print (c /= 3) /=4/
    n[1] = 8
    print n[1] /=2
}
