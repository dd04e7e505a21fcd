# %% and characters that are no conversions; arguments that are left over.
BEGIN {
    printf "100%%\n"; printf "%d%%|%5.1f%%\n", 50, 99.5; printf "no conversions\n", 1, 2
    printf "%s %s\n", "a", "b", "unused"; printf "\\n stays \\t\n"; printf "%s"  "%s\n", 1, 2; f = "%03d:%s\n"
    printf f, 7, "x"; printf("%s\n", "in parentheses"); printf("%s %s\n", "two", "values") > "/dev/stdout"
}
