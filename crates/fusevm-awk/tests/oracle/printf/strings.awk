# String conversions with width and precision.
BEGIN {
    printf "[%s] [%5s] [%-5s] [%.2s] [%5.2s] [%-5.2s] [%.0s] [%.9s] [%2s]\n", "abc", "abc", "abc", "abc",
        "abc", "abc", "abc", "abc", "abc"
    printf "[%s] [%s] [%s] [%s] [%s]\n", 42, 3.0, 0.1, 1e6, -7.25; printf "[%s] [%5s] [%.3s]\n", "", "", ""
    printf "%s %s %s\n", "a\tb", "100%", "%d"; printf "[%10s|%-10s|%010s]\n", "right", "left", "zero" 0
}
