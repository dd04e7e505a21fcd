# A line of a megabyte.
BEGIN {
    s = "0123456789"; while (length(s) < 1000000) s = s s; print s > "long"; print "next" > "long"
    close("long")
    getline x < "long"; getline y < "long"
    print length(x), y, (x == s), substr(x, 999999, 4), index(x, "90123"), match(x, /9$/)
    $0 = x; print NF, length($1); n = gsub(/5/, "-"); print n, length($0), substr($0, 1, 12); gsub(/0/, " 0")
    print NF, $2, $NF
}
