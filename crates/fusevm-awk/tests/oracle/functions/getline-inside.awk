#: stdin a\nb\nc\nd\ne\n
# getline in a function moves the main input on.
function skip(n,   line) { while (n-- > 0 && (getline line) > 0) got = got line; return got }
NR == 1 { print skip(2), NR, $0; next }
{ print NR, $0 }
