#: stdin 01 1 1.0 1e0\n
# A field used as a subscript keeps its text.
{
    for (i = 1; i <= NF; i++) a[$i]++
    for (i = 1; i <= NF; i++) b[$i + 0]++
    print a["01"], a["1"], a["1.0"], a["1e0"], a[1], length(b), b[1]
    print ("1.0" in a), (1.0 in a), ("01" + 0 in a), ("001" in a)
    c[$1] = "text"; print c["01"], (1 in c), (c[$1 + 0] == "")
}
