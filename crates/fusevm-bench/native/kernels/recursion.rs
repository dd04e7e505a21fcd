//! Calls and returns.

pub fn fib(n: i64) -> f64 {
    fn fib(n: i64) -> i64 {
        if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
    }
    fib(n) as f64
}

pub fn ackermann(n: i64) -> f64 {
    fn ack(m: i64, n: i64) -> i64 {
        if m == 0 {
            n + 1
        } else if n == 0 {
            ack(m - 1, 1)
        } else {
            ack(m - 1, ack(m, n - 1))
        }
    }
    ack(3, n) as f64
}
