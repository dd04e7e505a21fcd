#: files words.txt prose.txt
# Lines, words and characters of each file, as wc gives them.
FNR == 1 && NR > 1 { report(name) }
{ name = FILENAME; lines++; words += NF; chars += length($0) + 1 }
function report(n) {
    printf "%4d %4d %5d %s\n", lines, words, chars, n; L += lines; W += words; C += chars
    lines = words = chars = 0
}
END { report(name); printf "%4d %4d %5d total\n", L, W, C }
