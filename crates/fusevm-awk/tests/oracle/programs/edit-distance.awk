#: stdin kitten sitting\nflaw lawn\nsame same\nabc \nsunday saturday\n
# The edit distance of two words.
function min(a, b) { return a < b ? a : b }
function distance(a, b,   i, j, d) {
    for (i = 0; i <= length(a); i++) d[i, 0] = i; for (j = 0; j <= length(b); j++) d[0, j] = j
    for (i = 1; i <= length(a); i++)
        for (j = 1; j <= length(b); j++)
            d[i, j] = min(min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + (substr(a, i, 1) != substr(b, j, 1)))
    return d[length(a), length(b)]
}
{ print $1, $2, distance($1, $2) }
