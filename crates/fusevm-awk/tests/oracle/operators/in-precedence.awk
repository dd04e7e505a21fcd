# `in` binds looser than comparison and tighter than the logical operators.
BEGIN {
    a[1]; a["x"]; a["1", "2"]
    print 1 in a, !(1 in a), 2 in a, !(2 in a)
    print 1 in a && "x" in a, 1 in a || "y" in a, "y" in a && 1
    print (1, 2) in a, !((1, 2) in a), (1, 3) in a ? "found" : "missing"
    print ("x" in a) + ("y" in a) + 1, "x" in a ? 10 : 20
    if (!("z" in a)) print "no z"
    print ("x" in a) in a, "x" in a in a
}
