# An lvalue's subscript is evaluated once in compound assignments.
function k() { calls++; return "key" }
BEGIN {
    a[k()] += 5; a[k()]++; ++a[k()]; a[k()] ^= 2
    print a["key"], calls
    i = 0; n[i++] += 3; print i, n[0]
    $0 = "5 6 7"; j = 1; $j++; $(j++) += 10; print j, $0
}
