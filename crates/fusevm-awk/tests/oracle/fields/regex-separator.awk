#: options -F'[,;] *'
#: stdin a, b;c,d\n,x;\n\none\n;;\n
# A longer FS is a regex.
{ printf "%d", NF; for (i = 1; i <= NF; i++) printf "[%s]", $i; print "" }
