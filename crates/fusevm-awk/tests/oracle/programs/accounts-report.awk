#: options -F:
#: files accounts.txt
# Shells, groups and gaps in a file of accounts.
{
    shell[$NF == "" ? "(none)" : $NF]++
    if ($4 in first) member[$4] = member[$4] "," $1; else { first[$4]; g[++n] = $4; member[$4] = $1 }
    if ($3 + 0 > max) max = $3 + 0; if ($5 == "") empty = empty " " $1
}
END {
    for (i = 1; i <= n; i++) print g[i] ": " member[g[i]]; print "next id", max + 1; print "no name:" empty
    for (s in shell) print shell[s], s | "sort -rn -k1,1 -k2"
}
