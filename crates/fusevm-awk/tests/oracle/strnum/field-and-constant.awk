#: stdin 10 abc 1.0 0x11 1e1 010 +5\n
# A numeric-looking field against a number is numeric, against a string constant is not.
{
    print ($1 == 10), ($1 == 10.0), ($1 == "10"), ($1 == "10.0"), ($1 < 9), ($1 < "9")
    print ($2 > 5), ($2 == 0), ($3 == 1), ($3 == "1"), ($4 == 17), ($4 == 0)
    print ($5 == 10), ($5 == "10"), ($6 == 10), ($6 == "10"), ($7 == 5), ($7 == "5")
    print ($1 == $5), ($5 == $6), ($1 $2 == "10abc"), ($1 "" < 9), ($1 + 0 < 9)
}
