# The written forms of numbers.
BEGIN {
    print 1, 1., .5, 0.5, 1e3, 1E3, 1e+3, 1e-3, 1.5e2, .5e1, 5.e1, 00, 0.0, 1e0, 100e-2
    print 1.0000000001, 0.00001, 123456789.123, 1e1 2, 1.2.3, 1..5, 3.x, 1e, 1 e
}
