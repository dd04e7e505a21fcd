#: only gawk
#: file words.txt alpha beta gamma\nthe quick brown fox jumps over the lazy dog\n\nspäße & größe 5\n12 0012 12.0\n
#: operands words.txt words.txt words.txt
# Loops over characters, long enough to become native: texts that grow past what fits a value, that are shared or from input,
# whole texts as parts, numbers that are no integers, comparisons of short and long texts.
function reversed(s,   o, i) {
    for (i = length(s); i > 0; i--) o = o substr(s, i, 1)
    return o
}
function recursive(s) { return length(s) <= 1 ? s : recursive(substr(s, 2)) substr(s, 1, 1) }
function rotated(s,   o, i, c) {
    for (i = 1; i <= length(s); i++) {
        c = substr(s, i, 1)
        o = o (c in map ? map[c] : c)
    }
    return o
}
function count(s, c,   i, n) {
    for (i = 1; i <= length(s); i++) if (substr(s, i, 1) == c) n++
    return n + 0
}
BEGIN {
    letters = "abcdefghijklmnopqrstuvwxyz"
    for (i = 1; i <= 26; i++) map[substr(letters, i, 1)] = substr(letters, (i + 12) % 26 + 1, 1)
    for (round = 0; round < 400; round++) {
        s = ""
        for (i = 1; i <= round % 40; i++) {
            kept = s
            s = s substr(letters, i % 26 + 1, i % 3)
            if (s == kept) same++
            if (s != kept && length(kept) < 14 && length(s) >= 14) crossed++
            total += length(kept)
        }
        sum += length(s)
        if (reversed(reversed(s)) != s) print "reversed", s
        if (recursive(s) != reversed(s)) print "recursive", s
    }
    print same, crossed, total, sum, s
    for (round = 0; round < 200; round++) {
        t = ""
        for (i = 0; i < 30; i++) {
            t = t substr("0123456789", i % 11, 1.5 + i % 2) substr("xyz", 0.5, i % 4) substr("whole", 1)
            if (t == "0whole") first++
            if (substr(t, 1) == t) whole++
            if (substr(t, -1, 4) != substr(t, 0.7, 4.2)) parts++
        }
    }
    print first, whole, parts + 0, length(t), t
}
{
    for (round = 0; round < 100; round++) {
        o = ""
        for (i = length($0); i > 0; i--) o = o substr($0, i, 1)
        p = $0
        for (i = 1; i <= 4; i++) p = p "+"
        q = $1
        q = q "."
        if ($1 == substr($0, 1, length($1))) begins++
        if (o == $0) palindromes++
        if ($0 "" == p) print "p"
        n += count($0, "e") + count($2, "ß")
    }
    print o, p, q, begins, palindromes, n, rotated($0), rotated($3)
    if ($1 == 12) { x = $1; y = $2; print (x == y), (x "" == y ""), (substr(x, 1) == substr(y, 1)), (substr(x, 1) == x) }
    $2 = "ä" NR
    for (i = length($0); i > 0; i--) n += substr($0, i, 1) == "ä"
    print length($0), length($2), substr($0, 2, 5), n
}
