# delete without a subscript and split of "" empty an array.
BEGIN {
    a[1]; a[2]; a["x", "y"]; delete a; print length(a), (1 in a); a[5] = 5; print length(a), a[5]
    split("", a); print length(a), (5 in a); split("p q r", a); print length(a), a[3]; delete a; delete a
    print length(a)
}
