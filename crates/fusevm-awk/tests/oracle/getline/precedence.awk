#: file a1 one\n
#: file ab1 two\n
#: file nums 5\n7\n
# What < and | take as operands around getline.
BEGIN {
    x = "a"; getline v < (x "1"); print v; getline w < ("a" "b" 1); print w
    while ((getline n < "nums") > 0) t += n; print t; "echo " 3 + 4 | getline sum; print sum
    if ((getline line < "nope") > 0) print "no"; else print "none"; r = getline line < "a1"; print r
    close("a1"); print 1 + (getline line < "a1") + 1, line; !getline
    "echo 9" | getline $2; print $0, NF; "echo 8" | getline m["k"]; print m["k"] + 1; i = 1
    "echo 70" | getline a[i++]; print i, a[1]
}
