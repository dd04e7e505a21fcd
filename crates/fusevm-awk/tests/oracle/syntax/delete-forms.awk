# delete of elements with several subscripts and by expressions.
BEGIN {
    a[1]; a[2, 3]; a["x"]; i = 1; delete a[i]; delete a[2, 3]; delete a["" "x"]; print length(a); a[5]
    if (5 in a) delete a[5]; else print "no"; print length(a)
}
