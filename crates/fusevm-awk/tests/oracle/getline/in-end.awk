#: stdin a b\nc d\n
# In END the main input is at its end.
END {
    $0 = "kept"; print (getline), $0, NR; print (getline x), "[" x "]"
    print (getline y < "prog.awk"), (y != "")
}
