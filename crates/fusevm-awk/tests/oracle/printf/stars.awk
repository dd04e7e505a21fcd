# Width and precision from arguments.
BEGIN {
    printf "[%*d] [%-*d] [%.*f] [%*.*f] [%*s] [%-*.*s]\n", 5, 42, 5, 42, 2, 3.14159, 8, 3, 3.14159, 6, "abc",
        6, 2, "abc"
    printf "[%*d] [%*s] [%.*f] [%.*s]\n", -5, 42, -6, "abc", 0, 2.5, 1, "xyz"
    for (i = 1; i <= 3; i++) printf "%*s|", i * 2, i; printf "\n"; w = 4; p = 1
    printf "%0*d %+*.*e\n", w, 7, 10, p, 12345
}
