#: files emp.txt
# Relational and match patterns, joined.
$3 >= 36 || $2 < 20 { print $1, "a" }
$4 ~ /^s/ && $4 !~ /t$/ { print $1, "b" }
!($3 > 0) { print $1, "c" }
! /a/ { print $1, "d" }
$1 > "R" && $1 < "T" { print $1, "e" }
