#: stdin a\nb\nc\n
# The program may set NR, FNR and NF; counting goes on from there.
NR == 2 { NR = 10; FNR = 20 }
{ print NR, FNR, $0 }
END { NR = "x"; print NR, FNR }
