# An unset element passed as an argument is a scalar.
function f(v) { return v == "" ? "unset" : v }
BEGIN { print f(a["x"]), ("x" in a), f(a["x"] "1"), f(b[1, 2]); print length(a) + length(b) }
