#: files prose.txt
# How often each word occurs, most frequent first.
{
    line = tolower($0); gsub(/[^a-z]+/, " ", line)
    n = split(line, w, " "); for (i = 1; i <= n; i++) count[w[i]]++
}
END { for (w1 in count) print count[w1], w1 | "sort -k1,1nr -k2" }
