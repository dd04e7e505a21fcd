#: stdin 10\n9\n2\n33\n1e1\nb\nA\n\n+2\n
# A sort by < orders numeric lines as numbers and any pair with a word as text.
{ line[NR] = $0 }
END {
    for (i = 1; i <= NR; i++)
        for (j = 1; j <= NR; j++)
            row[i] = row[i] (line[i] < line[j] ? "<" : line[i] == line[j] ? "=" : ">")
    for (i = 1; i <= NR; i++) print row[i], line[i]
}
