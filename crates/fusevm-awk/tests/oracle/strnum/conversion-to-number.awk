# A string counts as its longest numeric prefix.
BEGIN {
    n = split("12abc|1.5.2|1e2|1e|1e+|1e+2x|.5|.|-|+|+3|-.5|--2|  7|7  |1_000|1,5|e5|5e-1|00012|1 2|$5|#1", s, "|")
    for (i = 1; i <= n; i++) print "[" s[i] "]", s[i] + 0
    print "\t\n 8" + 0, "3" "4" + 0, -"5 apples", 2 * "2.5e0z"
}
