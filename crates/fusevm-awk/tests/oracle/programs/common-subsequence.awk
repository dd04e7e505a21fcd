#: files left.txt right.txt
# The longest common subsequence of two words, and of the keys of two files.
function max(a, b) { return a > b ? a : b }
function lcs(a, b,   i, j, m, s) {
    for (i = length(a); i >= 1; i--)
        for (j = length(b); j >= 1; j--)
            if (substr(a, i, 1) == substr(b, j, 1)) m[i, j] = m[i + 1, j + 1] + 1
            else m[i, j] = max(m[i + 1, j] + 0, m[i, j + 1] + 0)
    for (i = j = 1; i <= length(a) && j <= length(b);)
        if (substr(a, i, 1) == substr(b, j, 1)) { s = s substr(a, i, 1); i++; j++ }
        else if (m[i + 1, j] + 0 >= m[i, j + 1] + 0) i++
        else j++
    return s
}
BEGIN { print lcs("stonemason", "toasters"), lcs("programming", "gaming"), lcs("abc", "xyz") "." }
NR == FNR { a = a $1; next }
{ b = b $1 }
END { print a, b, lcs(a, b) }
