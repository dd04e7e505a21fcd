#: stdin a1b\nc22d\n\ne3\n4f\n
# Also when FS is a regex or a tab.
BEGIN { RS = ""; FS = "[0-9]+" }
NR == 2 { FS = "\t" }
{ printf "%d:", NF; for (i = 1; i <= NF; i++) printf "[%s]", $i; print "" }
