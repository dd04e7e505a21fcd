#: only gawk
# func is another spelling of function.
func f(x) { return x + 1 }
BEGIN { print f(1) }
