#: options -F'^x|,'
#: stdin xa,xb\na,b\nx\n
# ^ in FS means the start of the record only.
{ printf "%d", NF; for (i = 1; i <= NF; i++) printf "[%s]", $i; print "" }
