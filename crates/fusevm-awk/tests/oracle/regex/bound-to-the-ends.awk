#: only gawk
# Matches that are at the beginning or the end of the text, or at both.
function shown(s, re,   n, t) { t = s; n = gsub(re, "<&>", t); return n ":" t (match(s, re) ? "@" RSTART "+" RLENGTH : "") }
BEGIN {
    count = split("|  |  a b  |ab|aab|abab|b|x y|\"q\"|a,|,|\t\ttabs\t|aaa bbb   |  end|begin  ", texts, "|")
    patterns[1] = "^ +|[ \t]+$"; patterns[2] = "^ *| *$"; patterns[3] = "[ab]+$"; patterns[4] = "ab$"; patterns[5] = "^a+b"
    patterns[6] = "^$|x"; patterns[7] = "^a|^ab|b$"; patterns[8] = "$"; patterns[9] = "^"; patterns[10] = "^\"|\"$"
    patterns[11] = ",$"; patterns[12] = "^[^ ]+"; patterns[13] = "[^ ]*$"; patterns[14] = "^.|.$"; patterns[15] = "^[ \t]*"
    patterns[16] = "^aa*"; patterns[17] = " *$"; patterns[18] = "b b*$"; patterns[19] = "^(a|b)"; patterns[20] = "(^ | $)"
    for (p = 1; p <= 20; p++)
        for (i = 1; i <= count; i++) print patterns[p], "[" texts[i] "]", shown(texts[i], patterns[p])
    s = "  lots of blanks   "; sub(/^ +/, "", s); print "[" s "]"; sub(/ +$/, "", s); print "[" s "]"
    s = "x,y,,"; while (sub(/,$/, "", s)) k++; print s, k
    print gensub(/^ +| +$/, "_", "g", "  mid dle  "), split("  a  b  ", w, /^ +| +$/), w[2]
}
