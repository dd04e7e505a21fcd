# Bits, bases and Gray codes with arithmetic only.
function base(n, b,   s) {
    do { s = substr("0123456789abcdef", n % b + 1, 1) s; n = int(n / b) } while (n); return s
}
function value(s, b,   i, n) {
    for (i = 1; i <= length(s); i++) n = n * b + index("0123456789abcdef", substr(s, i, 1)) - 1; return n
}
function and_(a, b,   r, p) {
    for (p = 1; a && b; p *= 2) { if (a % 2 && b % 2) r += p; a = int(a / 2); b = int(b / 2) } return r + 0
}
BEGIN {
    print base(10, 2), base(255, 16), base(64, 8), base(0, 2), value("ff", 16), value("1010", 2),
        and_(12, 10), and_(255, 4096)
    for (i = 0; i < 8; i++) s = s base(i, 2) " "; print s; print value(base(123456789, 7), 7)
}
