# Factorial, Fibonacci, Ackermann, greatest common divisor, powers.
function fact(n) { return n <= 1 ? 1 : n * fact(n - 1) }
function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
function ack(m, n) { return m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)) }
function gcd(a, b) { return b ? gcd(b, a % b) : a }
function power(b, e) { return e == 0 ? 1 : e % 2 ? b * power(b, e - 1) : power(b * b, e / 2) }
BEGIN {
    print fact(10), fact(20); for (i = 0; i < 15; i++) s = s fib(i) " "; print s
    print ack(2, 3), ack(1, 10), gcd(1071, 462), gcd(17, 5), power(2, 30), power(3, 13)
}
