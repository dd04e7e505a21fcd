# Patterns that make a backtracking matcher slow.
BEGIN {
    for (i = 0; i < 3000; i++) s = s "a"
    print (s ~ /^(a+)+$/), (s "b" ~ /^(a+)+$/), (s "b" ~ /(a*)*c/), (s ~ /(a|aa)+$/), match(s "b", /(a|a)*b/),
        RLENGTH
}
