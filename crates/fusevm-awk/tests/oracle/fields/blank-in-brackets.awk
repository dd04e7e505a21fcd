#: options -F'[ ]'
#: stdin \x20a  b \nc\n
# A blank in brackets is one blank; only FS = " " skips.
{ printf "%d", NF; for (i = 1; i <= NF; i++) printf "[%s]", $i; print "" }
