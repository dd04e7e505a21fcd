#: files emp.txt
# Columns swapped, dropped and added.
NR <= 2 { t = $1; $1 = $2; $2 = t; print }
NR == 3 { for (i = 2; i < NF; i++) $i = $(i + 1); NF--; print }
NR == 4 { $0 = $0 " " NR; print NF, $NF; $(NF + 1) = $2 * $3; print }
NR == 5 { for (i = NF; i > 0; i--) printf "%s%s", $i, (i > 1 ? " " : "\n") }
