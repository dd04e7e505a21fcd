#: only gawk
#: operands lines lines
# A record stays as it is while the lines behind it are read for something else, however many these are.
BEGIN {
    file = ARGV[1]
    for (i = 1; i <= 30000; i++)
        print "line", i, "of the file", (i % 5 ? "with some more text behind it" : "short") > file
    close(file)
}
function show(what) {
    print what ":", NR, NF, $2, $NF, length($0), /line 1[0-9]* of/, /short/, index($0, "file")
}
NR == 10 { while (NR < 20010) getline line; show("other lines read"); print line }
NR == 20011 { kept = $0; $3 = "changed"; while (NR < 29000) getline line; show("a field assigned"); print; print kept }
NR == 29001 { seen[1] = $0; gsub(/i/, "I"); seen[2] = $0; getline; show("next"); print seen[1]; print seen[2] }
NR == 29005 { sub(/text.*/, "&!"); while (NR < 29900) getline line; show("substituted"); print }
NR == 29950 { FS = "o"; show("another separator"); while (NR < 32000) getline line; show("and another file") ; FS = " " }
NR == 29003 { NF = 2; kept = $0; print kept; if ($0 == "line 29003") print "as joined"; $4 = "y"; if ($0) kept = $0; print kept; $0 = "z"; kept = $0; print kept }
NR == 32001 { first = $1; second = $2; nextfile }
END { show("end"); print first, second; $0 = $0 " again"; show("again"); print }
