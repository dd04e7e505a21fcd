# && binds tighter than ||, both stop early and give 0 or 1.
function t(n) { trail = trail "t" n; return 1 }
function f(n) { trail = trail "f" n; return 0 }
function trace(v) { print v, trail; trail = "" }
BEGIN {
    trace(t(1) || f(2)); trace(f(1) || t(2)); trace(t(1) && f(2)); trace(f(1) && t(2))
    trace(t(1) || t(2) && f(3)); trace(f(1) && t(2) || t(3)); trace((t(1) || t(2)) && f(3))
    trace(!t(1) || !f(2)); trace(f(1) || f(2) || t(3) || t(4))
    print 3 && "a", "" || 0, 2 || 0, "0" && 1, 0.0 || ""
    x = 1 && 0 || 1; print x, !x && 1, !(x && 1)
}
