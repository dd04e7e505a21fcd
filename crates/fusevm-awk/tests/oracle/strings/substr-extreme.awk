#: only gawk
#: stderr any
# Positions and lengths that are no proper numbers.
BEGIN {
    big = 2 ^ 1024; nan = -log(-1)
    print "[" substr("hello", 2, big) "]", "[" substr("hello", -big, 3) "]", "[" substr("hello", nan) "]",
        "[" substr("hello", 2, nan) "]", "[" substr("hello", 1e18, 1e18) "]", "[" substr("hello", 1e300) "]",
        "[" substr("hello", -1e18, 2e18) "]"
}
