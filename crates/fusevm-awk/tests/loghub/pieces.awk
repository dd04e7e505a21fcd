# Lines split at brackets, colons and signs, and at single characters.
{
    n = split($0, part, /[][():=\/]+/); m = split($0, word, " "); k = split($0, dot, ".")
    print n, m, k, part[1] "~" part[n] "~" word[m] "~" dot[k]
    $0 = part[int(n / 2) + 1]; pieces += NF
}
END { print pieces }
