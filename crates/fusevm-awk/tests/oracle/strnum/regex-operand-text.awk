#: stdin 1.50 007\n
# Matching, joining and printing use the text of a field, arithmetic its number.
{
    print $1, $1 + 0, ($1 ~ /0$/), $1 $2, $2 + $1, length($1), index($2, 7), $1 * 1
    $3 = $1; $4 = $2 + 0; print; x = $2; x++; print x, $2
}
