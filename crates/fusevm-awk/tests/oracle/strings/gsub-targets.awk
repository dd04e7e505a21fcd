# Targets: variables, elements, fields by expression, unset variables.
BEGIN {
    a["k"] = "aXbX"; print gsub(/X/, "Y", a["k"]), a["k"]; i = 2; $0 = "p qq r"; print gsub(/q/, "Q", $i), $0
    print gsub(/r/, "R", $(i + 1)), $0
    print sub(/^/, "start", u), u; print sub(/$/, "end", b["new"]), b["new"], length(b)
    print gsub(/x/, "y", v), "[" v "]", (v == 0)
    i = 1; c[1] = "z"; c[2] = "z"; print sub(/z/, "y", c[i++]), i, c[1] c[2]
}
