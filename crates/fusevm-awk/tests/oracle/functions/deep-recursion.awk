# Recursion two thousand calls deep, with locals and with an array.
function depth(n,   here) { here = n; return n == 0 ? 0 : 1 + depth(n - 1) + (here != n) }
function fill(a, n) { a[n] = n; return n ? fill(a, n - 1) : length(a) }
function str(n) { return n ? str(n - 1) "x" : "" }
BEGIN { print depth(2000), fill(a, 2000), length(str(2000)) }
