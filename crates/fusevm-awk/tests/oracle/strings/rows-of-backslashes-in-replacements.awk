#: differs original-awk: it has no gensub
# Rows of backslashes in replacements, with and without a `&` behind them.
BEGIN {
    row = ""
    for (n = 1; n <= 12; n++) {
        row = row "\\"
        s = "a"; gsub(/a/, row, s); t = "b"; sub(/b/, row "&", t); u = "c"; gsub(/c/, row "x" row, u)
        v = "d"; sub(/d/, "x" row "&&" row, v); w = "e"; w = gensub(/e/, row "y" row "&", 1, w)
        print n, s, t, u, v, w
    }
    path = "C:\\dir\\file"; gsub(/\\/, "\\\\\\\\", path); print path
}
