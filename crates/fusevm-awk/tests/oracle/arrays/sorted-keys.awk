#: files words.txt
# Keys sorted by an insertion sort in awk.
{ for (i = 1; i <= NF; i++) count[$i]++ }
END {
    for (w in count) { for (j = n++; j > 0 && key[j] > w; j--) key[j + 1] = key[j]; key[j + 1] = w }
    for (i = 1; i <= n; i++) print count[key[i]], key[i]
}
