#: stdin a b c d e\nf g h i j\nk l m n o\n
# Fields are right in any order of use and change.
NR == 1 { x = $2; $0 = $0 " z"; print $6, x; $4 = "D"; print $5, $0 }
NR == 2 { $3 = "H"; print $1, $5, NF; NF = 4; print $3, $5 "|", $0 }
NR == 3 { y = $0; $1 = ""; print y; print; print $1 $2, NF; $0 = y; print $1 }
