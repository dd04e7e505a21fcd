# length of an array is its number of elements.
function size(a) { return length(a) }
BEGIN {
    a[1]; a["x"]; a[1, 2]; print length(a), size(a); delete a[1]; print length(a); split("p q r", b)
    print size(b), length(b) * 2, length(c)
}
