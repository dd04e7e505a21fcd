# Parameters hide globals of the same name; other names are global.
function f(x) { x = "inner"; y = "set by f"; return x }
function g(y) { return f(y) y }
BEGIN { x = "outer"; y = "outer y"; print f(1), x, y; y = "again"; print g("arg"), y; print h(x), x }
function h(n) { x = "h changed x"; return n }
