# The position of one string in another, 0 when it is not there.
BEGIN {
    print index("banana", "a"), index("banana", "nan"), index("banana", "x"), index("abc", ""),
        index("", "a"), index("abc", "abcd"), index("a.c", "."), index(12345, 4), index("x" 1.5, ".5"),
        index("aab", "ab")
    s = "k=v=w"; i = index(s, "="); print substr(s, 1, i - 1), substr(s, i + 1); $0 = "find me"
    print index($0, $2), index($0, "d m")
}
