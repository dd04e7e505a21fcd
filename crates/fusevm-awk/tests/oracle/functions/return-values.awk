# return with and without a value, and no return at all.
function none(x) { x = 1 }
function bare(x) { return }
function early(x) { while (1) { for (;;) if (x++ > 3) return "at " x } }
function both(x) { if (x) return "yes" }
function num() { return 3 }
BEGIN {
    print "[" none() "]", "[" bare() "]", early(1), both(1) "|" both(0) "|", none() + 0, (bare() == 0),
        (bare() == "")
    print num() num(), num() + num() * 2, -num(), !num(), num() ^ num(), num() % 2
    none(); bare(); x = both(1) both(1); print x; print (both(1) == "yes")
}
