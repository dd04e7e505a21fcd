#: differs original-awk: integers from 2^63 on print in OFMT there
# gawk prints all the digits of integral values, however large.
BEGIN { print 2 ^ 63, 2 ^ 64, 2 ^ 100, -2 ^ 70, 1e20, 1e22, 1e23, 1e30, 1.5e300; print 2 ^ 70 "", 1e25 "x" }
