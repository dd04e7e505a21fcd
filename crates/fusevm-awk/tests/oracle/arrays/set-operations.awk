#: files left.txt right.txt
# Union, intersection and difference of two files' keys.
FNR == NR { a[$1]; next }
{ b[$1] }
function show(name, set,   k, i, line) {
    for (i = 0; i < 10; i++) if (i in set) line = line " " i; print name ":" line
}
END {
    for (k in a) { all[k]; if (k in b) both[k]; else only[k] }
    for (k in b) all[k]
    show("union", all); show("both", both); show("left", only)
}
