#: only gawk
@namespace "one"
function f(x) { return "one::f " x }
BEGIN { v = 1; NR; awk::shared = "s"; print f(v), awk::f(2), v }
BEGIN { for (i = 0; i < 2; i++) printf "%d", i; print "", length("abc"), UPPER }
@namespace "two"
BEGIN { v = 2; print v, one::v, one::f("x"); h = "one::f"; print @h("indirect") }
@namespace "awk"
function f(x) { return "awk::f " x }
BEGIN { UPPER = "upper"; print shared, one::v, two::v, f(3), v == "", UPPER }
