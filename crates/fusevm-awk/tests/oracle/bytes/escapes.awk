# Octal escapes make bytes and characters.
BEGIN {
    print "\303\251", "\101\102\103", "\44", "a\0411", "tab\11end", "\1751"
    print ("\303\251" == "é"), length("\1\2\3"), "\60" + 1, "\0601"
}
