#: files bank.txt
# Deposits and withdrawals with the running balance; overdrafts are refused.
$1 == "D" { balance += $3; in_ += $3 }
$1 == "W" && $3 > balance { printf "%s %10s %9.2f  refused: %s\n", $2, "", $3, $4; refused++; next }
$1 == "W" { balance -= $3; out += $3 }
{ printf "%s %-10s %9.2f %9.2f\n", $2, $4, ($1 == "W" ? -$3 : $3), balance }
END { printf "in %.2f, out %.2f, refused %d, balance %.2f\n", in_, out, refused, balance }
