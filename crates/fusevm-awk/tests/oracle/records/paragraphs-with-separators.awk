#: stdin \n\n\na,b\nc,d e\n\n\n\nf,\n,g\n\nh\n\n
# A newline separates fields in paragraph mode whatever FS is.
BEGIN { RS = ""; FS = "," }
{ printf "%d:", NF; for (i = 1; i <= NF; i++) printf "[%s]", $i; print "" }
