# Float conversions: e, f, g in both cases, with width, precision and flags.
BEGIN {
    x = 1234.56789
    printf "[%f] [%.2f] [%10.1f] [%-10.1f] [%010.1f] [%+.1f] [% .1f] [%.0f] [%#.0f]\n", x, x, x, x, x, x, x,
        x, x
    printf "[%e] [%.2e] [%12.3e] [%E] [%.0e] [%#.0e] [%+.1e]\n", x, x, x, x, x, x, x
    printf "[%g] [%.3g] [%G] [%.10g] [%#g] [%10g] [%-10g] [%010g]\n", x, x, x, x, x, x, x, x
    printf "[%g] [%g] [%g] [%g] [%g] [%g] [%g]\n", 100000, 1000000, 0.0001, 0.00001, 1e100, 0, 123456789
    printf "[%f] [%e] [%g]\n", 0, 0, 0; printf "[%.3f] [%.20f] [%5.1f] [%g]\n", -0.0005, 0.1, -2.25, -1e-5
    printf "[%.15g] [%.17g] [%.1g] [%#.3g]\n", 0.1, 0.1, 0.096, 1
}
