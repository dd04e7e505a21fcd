#: stdin 1 2 3 4\n
# A field that was assigned has the kind of what it got; a field that was split anew is input again.
{
    $1 = "10"; $2 = 10; print ($1 < 9), ($2 < 9), ($1 == $2), ($1 == 10.0)
    $1 = $3; print ($1 < 10)
    $0 = "10 9"; print ($1 < $2), ($1 > $2), ($1 == 10.0)
    $0 = "10 " "9"; $3 = "8"; print ($1 < $2), ($3 < 10), ($3 < $2)
    $0 = $0; print ($3 < $1), ($2 > $3)
}
