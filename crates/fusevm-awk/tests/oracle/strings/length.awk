#: stdin hello\n\n  spaces here \n12.50\n
# length with and without parentheses and argument.
{ print length, length(), length($0), length($1), length $2, NF, length + 1, length * 2, length "x" }
END {
    print length("abc" 12), length(1 / 8), length(u), length(""), length(0), length(100000 * 100000),
        length("a\tb\n"), length(-5)
}
