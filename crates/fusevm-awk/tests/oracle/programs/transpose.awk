#: files matrix.txt
# Rows become columns.
{ for (i = 1; i <= NF; i++) m[NR, i] = $i; if (NF > w) w = NF }
END { for (i = 1; i <= w; i++) { s = m[1, i]; for (j = 2; j <= NR; j++) s = s "\t" m[j, i]; print s } }
