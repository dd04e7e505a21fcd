#: options -v a=10 -v b=9 -v c=' 9 ' -v d=abc -v e=1e1
#: operands f=10 g=9 /dev/null h=09
# Values of -v and of assignment operands can look numeric.
BEGIN { print (a < b), (b == c), (d > 5), (a == e), (a == "1e1"), (a == "10"), !(b - c) }
END { print (f < g), (g == h), (f == a), (f == "10.0"), h, h + 0 }
