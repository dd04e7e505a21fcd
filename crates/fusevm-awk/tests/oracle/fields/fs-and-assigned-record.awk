#: stdin a:b c\nd:e f\n
# An assigned record is split with the FS of that moment.
{
    FS = ":"; print $1; $0 = $0; print $1; FS = " "; $0 = "x y:z"; print $1, NF; FS = ","; $3 = "t"
    print NF, $0
}
