#: only gawk
#: stdin abcdefghij\nab\n\nabcdefghijklmnop\n
# Fields by their widths, with characters passed over, and the rest.
BEGIN { FIELDWIDTHS = "2 1:3 *" }
{ printf "%d:", NF; for (i = 1; i <= NF; i++) printf " <%s>", $i; print "" }
NR == 3 { FIELDWIDTHS = "3 2" }
END {
    FIELDWIDTHS = "1 2"; $0 = "éàüx"; print $1, $2, NF
    FS = ","; $0 = "a,b"; print $1, $2
}
