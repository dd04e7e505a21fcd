#: file in 10 20\n30\n
# Fields, NF and $0 as the variable that is read.
BEGIN {
    $0 = "a b c"; getline $2 < "in"; print $0, NF; getline $5 < "in"; print $0, NF; close("in")
    getline $0 < "in"; print $2, NF; "echo 1" | getline NF; print $0, NF
}
