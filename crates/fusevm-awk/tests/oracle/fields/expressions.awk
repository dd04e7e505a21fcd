#: stdin 3 1 4 1 5\n
# Fields by any expression, fractions cut.
{
    i = 2
    print $(i + 1), $i + 1, $(1.9), $"2", $(NF - 1), $NF-1, $$1, $($2 + $4), $++i, $i--, i, $("3x"),
        ($-0 == $0)
}
