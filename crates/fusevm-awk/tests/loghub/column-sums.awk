# The sum and the number of numeric fields in each column.
{
    for (i = 1; i <= NF; i++)
        if ($i ~ /^-?[0-9]+(\.[0-9]+)?\r?$/) { sum[i] += $i; seen[i]++ }
    if (NF > columns) columns = NF
}
END { for (i = 1; i <= columns; i++) if (i in seen) print i, seen[i], sum[i], sum[i] / seen[i] }
