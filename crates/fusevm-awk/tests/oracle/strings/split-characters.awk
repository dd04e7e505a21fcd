#: only gawk
# An empty separator splits into characters.
BEGIN {
    n = split("abc", p, ""); print n, p[1], p[3]; print split("", p, ""), length(p); FS = ""; $0 = "xyz"
    print NF, $2
}
