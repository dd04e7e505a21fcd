#: stdin a b c d e\n
# Assigning NF cuts or extends the record.
BEGIN { OFS = ":" }
{
    NF = 3; print; print $4 "|" NF; $4 = "new"; print; NF = 6; print; print $6 "|"; NF++; print; $NF = "last"
    print; NF -= 5; print; NF = 0; print "[" $0 "]", NF; $2 = "b"; print NF, $0
}
