#: operands left.txt left.txt
#: files left.txt
# The two passes over one file.
NR == FNR { sum += $1; next }
{ printf "%s %.0f%%\n", $2, 100 * $1 / sum }
