#: differs original-awk: its comparisons, matches and `in` take no comparison as an operand without parentheses
# A comparison can be an operand of a match, and both can be operands of `in`.
BEGIN {
    a["1"]; a["0"]
    print (1 == 1 ~ 1), (2 < 1 ~ 1), (1 == 1 in a), ("a" == "b" in a), ("x" ~ "y" in a)
}
