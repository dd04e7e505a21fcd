#: files prose.txt
# Letters moved by thirteen places, by a table.
BEGIN {
    a = "abcdefghijklmnopqrstuvwxyz"; b = substr(a, 14) substr(a, 1, 13)
    for (i = 1; i <= 26; i++) {
        m[substr(a, i, 1)] = substr(b, i, 1); m[toupper(substr(a, i, 1))] = toupper(substr(b, i, 1))
    }
}
{ s = ""; for (i = 1; i <= length($0); i++) { c = substr($0, i, 1); s = s (c in m ? m[c] : c) } print s }
