#: differs original-awk: it takes no concatenation as a target without parentheses
# The target may be a concatenation without parentheses.
BEGIN {
    d = "o"; print "x" > d "1"; close("o1"); getline l < "o1"; print l
    print "w" > "a" "b" "c"; close("abc"); getline l < "abc"; print l
    c = "ca"; print "via", "cat" | c "t"; close("cat")
}
