#: stdin a b\nc d e\n
# The last record and its fields stay in END and can be changed.
END {
    print $0, NF, $3; $2 = "X"; print; $0 = "new record here now"; print NF, $4; NF = 2; print; print $1 $2
}
