# In a record that was assigned, newlines are blanks.
BEGIN {
    $0 = "a\nb c\n\nd"; print NF, $2, $4; FS = ","; $0 = "a,b\nc,d"; print NF, $2; FS = "\n"; $0 = "x y\nz"
    print NF, $2
}
