#: differs original-awk: it has no typeof
#: stdin 3.5 x\n024\n
# The record is the number that was assigned to it, until it is made anew.
NR == 1 {
    CONVFMT = "%.3g"
    $0 = $1 * 1.0000001; printf "%s %.7f %s\n", typeof($0), $0, $0; print ($0 == 3.5), $1 == 3.5, NF
    $0++; printf "%.7f\n", $0; $0 = $0; printf "%.7f\n", $0; x = $0; printf "%.7f\n", x
    $1 = $1; printf "%.7f %s\n", $0, typeof($0)
    $0 = 5.0000001; NF = 1; printf "%.7f\n", $0; $0 = 5.0000001; n = NF; printf "%.7f %d\n", $0, length($0)
    $0 = 123456789011.5; printf "%d %o\n", $0, $0; print; a[$0]; for (k in a) print k
    $0 = 0; print $0 ? "true" : "false"; $0 = "0"; print $0 ? "true" : "false"; sub(/0/, "0"); print typeof($0)
    $0 = 7; gsub(/7/, "8"); print $0 + 1, typeof($0); $0 = 2.5; print $0 * 2, -$0, $0 ^ 2, substr($0, 2), index($0, 5)
}
NR == 2 { print strtonum($0), strtonum($1), strtonum("024"), strtonum($1 ""), strtonum(" 024"), $1 + 0 }
