#: stdin a b c\nsecond\n
# Assigning $0 splits anew, in any place.
NR == 1 {
    $0 = "x y"; print NF, $1; $2 = "z z"; print NF, $2; $0 = $0; print NF, $2, $3; $0 = ""
    print NF, "[" $1 "]"; $0 = 12 + 3; print $1, NF; $0 = "  p  q "; print $1, "[" $0 "]"
}
function set(v) { $0 = v }
NR == 2 { set("f g h"); print $3, NF, NR; sub(/g/, "g g"); print NF; $0 = $2; print; $2 = $1 $1; print }
