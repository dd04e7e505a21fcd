# A table of results in a global array.
function fib(n) {
    if (n in memo) return memo[n]; calls++; return memo[n] = n < 2 ? n : fib(n - 1) + fib(n - 2)
}
BEGIN { print fib(70), calls; print fib(70), calls }
