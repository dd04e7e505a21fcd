#: stdin a b\n
# Reading beyond NF changes nothing.
{
    print "[" $5 "]", NF, $0; x = $10; print NF; if ($7 == "" && $7 == 0) print "unset"
    print length($3), $3 + 1, NF, ($(NF + 1) "x"); $3; print NF
}
