#: stdin \x20\x20a   b  \n  c  d\n
# Only an assignment rebuilds; reading and OFS alone do not.
NR == 1 { OFS = ","; x = $1; y = NF; print; $1 = $1; print; OFS = ";"; print; $2 = $2; print $0 }
NR == 2 { print; NF = NF; print }
