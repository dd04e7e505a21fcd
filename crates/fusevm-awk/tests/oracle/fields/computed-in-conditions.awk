#: stdin one 2 three 4.5 0x10\n  10   abc 3e2 -7 +8 .5\n\nabc abc 2\nx y z 9 z\n
# Fields by computed numbers, as texts, as numbers, and where they were assigned to.
{
    for (i = 0; i <= NF + 1; i++) {
        if ($i ~ /^[-+]?[0-9]+$/) whole++
        if ($i == "abc") same++
        if ("z" == $i) last_letter++
        sum += $i; product = $i * 2; per[i] += $i
        if ($i + 0 > 2) above++
        if (!($i ~ "b")) without++
    }
    if (NF) { $NF = NF ".0"; if ($NF ~ /0$/) ended++; sum += $NF }
    $(NF + 2) = 3; if ($(NF - 1) == "") gap++; total += $NF + $(NF - 1)
    if ($"1" ~ /^x/) first++
}
END {
    print whole, same, last_letter, sum, above, without, ended, gap, total, first
    for (i = 0; i < 8; i++) print i, per[i]
}
