# Missing arguments are unset.
function f(a, b, c) { return "[" a "|" b "|" c "]" (b == 0) (b == "") }
function count(list, n,   i) { for (i in list) n++; return n + 0 }
BEGIN { print f(), f(1), f(1, 2), f(1, 2, 3), f("", "", ""); print count(), count(none), count(none, 5) }
