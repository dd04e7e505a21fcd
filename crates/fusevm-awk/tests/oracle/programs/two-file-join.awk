#: files left.txt right.txt
# An inner join, the left rest and the right rest.
NR == FNR { name[$1] = $2; next }
$1 in name { print $1, name[$1], $2; used[$1]; next }
{ print $1, "-", $2 }
END { for (i = 1; i <= 5; i++) if (i in name && !(i in used)) print i, name[i], "-" }
