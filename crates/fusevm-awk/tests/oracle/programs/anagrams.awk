#: stdin listen silent enlist\ngoogle elbow below\ntab bat cat act dog\n
# Words with the same letters, grouped.
function key(w,   i, j, n, c, t) {
    n = split_chars(w, c)
    for (i = 2; i <= n; i++) { t = c[i]; for (j = i - 1; j && c[j] > t; j--) c[j + 1] = c[j]; c[j + 1] = t }
    t = ""; for (i = 1; i <= n; i++) t = t c[i]; return t
}
function split_chars(w, c,   i) { for (i = 1; i <= length(w); i++) c[i] = substr(w, i, 1); return length(w) }
{
    for (i = 1; i <= NF; i++) {
        k = key($i); if (!(k in group)) order[++n] = k; group[k] = group[k] " " $i; size[k]++
    }
}
END { for (i = 1; i <= n; i++) if (size[order[i]] > 1) print size[order[i]] ":" group[order[i]] }
