# The target of a redirection is an expression.
BEGIN {
    d = "o"; print "x" > (d "1"); close("o1"); getline l < "o1"; print l; print "y" > (1 ? "t" : "f")
    close("t"); getline l < "t"; print l; n = 2; print "z", 1 > ("n" n + 1); close("n3"); getline l < "n3"
    print l; c = "ca"; print "via", "cat" | (c "t"); close("cat")
}
