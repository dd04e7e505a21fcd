# Records rebuilt after their fields changed.
BEGIN { OFS = "|" }
NR % 3 == 0 { $1 = $1 }
NR % 3 == 1 { $2 = ""; $(NF + 1) = NR }
NR % 3 == 2 && NF > 4 { NF = 4 }
{ print; print NF ":" $NF }
