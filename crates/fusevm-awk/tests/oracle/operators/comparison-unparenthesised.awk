#: differs original-awk: its grammar takes no comparison in print without parentheses
# All relations but > can stand in a print list as they are.
BEGIN {
    print 1 < 2, 2 <= 1, 1 == 1, 1 != 1, "a" "b" == "ab", 1 " " 2 == "1 2", 3 >= 2
    print 1 == 1 ~ 1, 1 < 2 ? "less" : "more", !1 == 0, 1 < 2 && 2 < 3, 5 % 3 == 2 || 0
}
