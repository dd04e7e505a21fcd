#: options -F, -v OFS=,
#: file prices.csv id,price\n1,2.50\n2,10\n3,0.75\n
#: file orders.csv order,id,quantity\na,1,4\nb,3,10\nc,9,1\nd,2,0.5\n
#: operands prices.csv orders.csv
# Two CSV files joined on a column, missing keys marked.
FNR == 1 { if (NR > 1) print $0, "price", "total"; next }
NR == FNR { price[$1] = $2; next }
$2 in price { print $0, price[$2], $3 * price[$2]; sum += $3 * price[$2]; next }
{ print $0, "unknown", "" }
END { print "", "", "", "", sum }
