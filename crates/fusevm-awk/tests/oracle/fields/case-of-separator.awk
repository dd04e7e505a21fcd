#: stdin aXbxc\n
# A letter as separator is case-sensitive; several letters are a regex.
{
    FS = "x"; $0 = $0; print NF, $1; FS = "X"; $0 = $0; print NF, $2; FS = "[xX]"; $0 = $0; print NF
    FS = "bx"; $0 = $0; print NF, $2
}
