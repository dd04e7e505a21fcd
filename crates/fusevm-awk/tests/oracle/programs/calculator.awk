#: stdin 1 + 2 * 3\n(1 + 2) * 3\n2 ^ 3 ^ 2\n-4 + 10 / 4\n2 * (3 + (4 - 1)) - -1\n7 % 4 * 2\n1 / 0\n2 +\n(1\n3 4\n
# Expressions by recursive descent.
function peek() { sub(/^ +/, "", rest); return substr(rest, 1, 1) }
function take() { rest = substr(rest, 2) }
function expr(   v, op) {
    v = term(); while ((op = peek()) == "+" || op == "-") { take(); v = op == "+" ? v + term() : v - term() }
    return v
}
function term(   v, op, w) {
    v = unary()
    while ((op = peek()) ~ /[*\/%]/ && op != "") {
        take(); w = unary(); if (op != "*" && w == 0) { fail("zero"); w = 1 }
        v = op == "*" ? v * w : op == "/" ? v / w : v % w
    }
    return v
}
function unary() { if (peek() == "-") { take(); return -unary() } return power() }
function power(   v) { v = primary(); if (peek() == "^") { take(); return v ^ unary() } return v }
function primary(   v) {
    if (peek() == "(") { take(); v = expr(); if (peek() == ")") take(); else fail("unclosed"); return v }
    if (match(rest, /^[0-9]+(\.[0-9]*)?/)) {
        v = substr(rest, 1, RLENGTH) + 0; rest = substr(rest, RLENGTH + 1); return v
    }
    fail("operand"); return 0
}
function fail(why) { if (error == "") error = why }
{
    rest = $0; error = ""; v = expr(); if (peek() != "") fail("rest")
    print $0, "=", (error == "" ? v : "error: " error)
}
