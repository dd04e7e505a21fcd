# Functions may call those that stand below them.
BEGIN { print even(10), even(7), odd(9), parity(12) }
function parity(n) { return even(n) ? "even" : "odd" }
function even(n) { return n == 0 ? 1 : odd(n - 1) }
function odd(n) { return n == 0 ? 0 : even(n - 1) }
