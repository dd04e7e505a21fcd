# Comparisons stand below concatenation, matching below comparison, `in` below concatenation.
BEGIN {
    print (1 " " 2 == "1 2"), (1 < 2) 3, (1 2 < 2 1), ("b" "a" < "b" "b")
    print ("x" ~ "y" "x"), ("xy" ~ "x" "y")
    a["1"]; a["ab"]; a["0"]
    print ("a" "b" in a), (2 - 1 in a), (2 > 1 ? "yes" : "no")
}
