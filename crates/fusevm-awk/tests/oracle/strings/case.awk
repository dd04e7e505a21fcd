# toupper and tolower change ASCII letters.
BEGIN {
    print toupper("abcXYZ123"), tolower("ABCxyz!"), toupper(""), tolower(1e3), toupper(u) ".",
        toupper(substr("word", 1, 1)) substr("word", 2)
    s = "Mixed"; t = toupper(s); print s, t, tolower(t), (toupper("a") == "A"), toupper("a" "b") tolower("C")
    $0 = "make title case"; for (i = 1; i <= NF; i++) $i = toupper(substr($i, 1, 1)) substr($i, 2); print
}
