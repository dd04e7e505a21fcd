#: files prose.txt
# Paragraphs filled and justified to thirty columns.
BEGIN { RS = ""; width = 30 }
function flush_line(last,   i, gaps, extra, s, pad) {
    if (!n) return
    s = w[1]; gaps = n - 1; extra = width - len
    for (i = 2; i <= n; i++) {
        pad = 1; if (!last && gaps) { pad = 1 + int(extra / gaps); extra -= pad - 1; gaps-- }
        s = s sprintf("%*s", pad, "") w[i]
    }
    print s; n = 0; len = 0
}
{
    if (NR > 1) print ""
    for (f = 1; f <= NF; f++) {
        if (n && len + 1 + length($f) > width) flush_line(0); len += (n ? 1 : 0) + length($f); w[++n] = $f
    }
    flush_line(1)
}
