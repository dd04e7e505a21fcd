# sprintf gives the string.
BEGIN {
    s = sprintf("%05.1f|%s", 3.14159, "x"); print s, length(s)
    print sprintf("plain"), sprintf("%c%c", 79, 75), sprintf("%d", 3.9) + 1,
        sprintf("%s-%s", 1, 2) sprintf("!"), sprintf("%2$s" == "" ? "" : "%s", "a")
    t = sprintf("%200s", "end"); print length(t), substr(t, 197); u = sprintf("%-6s|", sprintf("%3d", 5))
    print u
    print sprintf("%s", 1e6), sprintf("%s", 0.1 + 0.2), sprintf("%d items", "3x"), sprintf("%.3s", 3.14159)
}
