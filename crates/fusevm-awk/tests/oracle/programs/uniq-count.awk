#: stdin a\na\nb\nb\nb\na\n\n\nc\n
# Runs of equal lines with their length.
NR > 1 && $0 == last { n++; next }
NR > 1 { printf "%4d %s\n", n, last }
{ last = $0; n = 1 }
END { if (NR) printf "%4d %s\n", n, last }
