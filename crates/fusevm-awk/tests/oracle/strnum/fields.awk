#: options -F,
#: stdin 10,9\nabc,9\n10, 9\n 10 ,10\n1e3,1000\n0x11,17\n+1,1\n.5,0.5\n5.,5\n-0,0\n1e,1\n1e+,1\n1.5.2,1.5\n007,7\n,0\n,\n--1,-1\n\t4,4\n3x,3\n.,0\n-,0\n1 2,1\n1E2,100\n-.5e-1,-0.05\n
# Two fields that look numeric compare as numbers, others as strings.
{ print "[" $1 "][" $2 "]", ($1 < $2), ($1 == $2), ($1 > $2) }
