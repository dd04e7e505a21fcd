# The escape sequences of string constants.
BEGIN {
    printf "%s|%s|%s|%s\n", "tab\there", "quote\"d", "back\\slash", "nl\\n"
    print "a\tb\\tc", "bell" length("\a\b\f\n\r\t\v"), "\101\102\60", "\1012", "\0601" length("\7")
    print "line one\nline two"
    print length("\\"), length("\""), "\"", "\\\\", index("\a\b\f", "\f"), ("\t" == "	"), "a\
b"
}
