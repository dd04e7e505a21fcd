#: stdin 10 9\n
# Sums are numbers, concatenations and results of string functions are strings.
{
    print ($1 + 0 < $2 + 0), ($1 "" < $2), ($1 < $2 ""), (substr($1, 1) < $2), (tolower($1) < $2)
    t = $1; sub(/1/, "2", t); print t, (t < 9)
    s = $1; gsub(/x/, "y", s); print (s < $2)
    u = -$1; print (u < $2), (-$1 < -$2), (!$1 < $2)
}
