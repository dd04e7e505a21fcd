# Blocks of lines by patterns and by numbers.
/[Ee]rror|Invalid|Receiving/, /notice|closed|Received/ { block++; last = NR }
NR == 10, NR == 20 { print NR, $1, $NF }
/Found child|PacketResponder|preauth/, /./ { single++ }
FNR % 500 == 0, FNR % 500 == 3 { print "#" FNR ": " $0 }
END { print block + 0, last + 0, single + 0 }
