# Numbers and strings meet: each operator decides what its operands are.
BEGIN {
    print "3" + 4, "3" 4, 3 "4" + 1, "3" * "4", "3x" + "4y", "x" + 1, "" + 0, "1e2" + 1
    print 1 "2" + "3", ("1" "2") * 2, -"3" "4", 3 - "1" - "1"
    x = "5"; y = x; print (x == 5), (y == "5"), x y, x + y
    print 1 / "4", "7" % "4", "2" ^ "3", !"3", - "3", ("3" < 4), ("abc" < 4)
    print length(12345), length(1 / 4), index(12345, 34), substr(12345, 2, 3) + 1
}
