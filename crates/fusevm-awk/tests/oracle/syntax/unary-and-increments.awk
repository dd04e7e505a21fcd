# Signs and increments side by side.
BEGIN {
    a = 1; b = 5; print a+++b, a, b; print a - -b, a - --b, a-- - b, a; print - -a, -+a, !-a, - !a
    x = y = z = 3; x += y -= z *= 2; print x, y, z; print 2--b, b, 1 -b--, b
    print (a = b), (a == b), ((a = 9) == 9), a
}
