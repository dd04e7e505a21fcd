#: files words.txt
# The lines in reverse order, and their words.
{ line[NR] = $0 }
END {
    for (i = NR; i; i--) print line[i]; $0 = line[1]
    for (i = NF; i; i--) printf "%s%s", $i, (i > 1 ? OFS : ORS)
}
