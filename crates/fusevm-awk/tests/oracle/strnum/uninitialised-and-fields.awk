#: options -F,
#: stdin 0,,1,a,-1,0.0\n
# An unset variable against a field; an empty and a missing field against numbers and strings.
{
    for (i = 1; i <= 7; i++) print i, "[" $i "]", (u == $i), (u < $i), ($i == 0), ($i == ""), ($i < 1)
    print ($2 == $7), ($7 == $8), ($1 == $6), NF
}
