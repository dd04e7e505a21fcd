#: only gawk
# Messages are their own translations.
BEGIN {
    print TEXTDOMAIN, dcgettext("hello"), dcgettext("a", "b"), dcgettext("c", "d", "LC_MESSAGES")
    print dcngettext("file", "files", 1), dcngettext("file", "files", 2), dcngettext("file", "files", 0, "x")
    print bindtextdomain("/tmp")
    print _"marked", length(_"marked")
}
