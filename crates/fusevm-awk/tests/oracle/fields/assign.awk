#: stdin a b c\n
# Assigning a field rebuilds the record with OFS.
BEGIN { OFS = "-" }
{
    print $0; $2 = "X"; print $0, NF; $5 = "E"; print $0, NF; $3 = ""; print; $1 = $1; print
    $(NF + 2) = "far"; print NF, $0; print $4 "|" $6 "|"
}
