#: options -Ft
#: differs original-awk: -Ft means a tab there, as in POSIX mode of gawk
#: stdin atb\tc\n
# -Ft is the letter t to gawk.
{ print NF, $1; FS = "t"; $0 = "atb"; print NF, $2 }
