#: options -o/dev/stdout
#: only gawk
# names as they are written where they are printed
BEGIN { a::x = 1; plain = a::f(2) }

@namespace "a"	# the first

function f(y, NR2) { x++; awk::plain = awk::strtonum("0x10"); NR; return g(y) x }
function awk::h() { return f(1) }
BEGIN { y = 1; print y, awk::y, b::y, ENVIRON["HOME"] != "" }

@namespace "b"
function z() { y = length(a::x); return substr(y, 1) }

@namespace "awk"
function g() { return b::z() }
END { print g() }
