#: stdin a\tbc\tdef\n\tindented\t\ttwice\nthis line is longer than twenty-four columns and has to be folded\n
# Tabs to blanks, then long lines folded at blanks.
{
    while ((i = index($0, "\t")) > 0)
        $0 = substr($0, 1, i - 1) sprintf("%*s", 8 - (i - 1) % 8, "") substr($0, i + 1)
    s = $0
    while (length(s) > 24) {
        for (i = 25; i > 0 && substr(s, i, 1) != " "; i--) ; if (i <= 1) i = 25; print substr(s, 1, i - 1) "|"
        s = substr(s, i); sub(/^ +/, "", s)
    }
    print s "|"
}
