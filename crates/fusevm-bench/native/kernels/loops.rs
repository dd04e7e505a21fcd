//! Counting loops.

/// An addition that looks for overflow, as a dynamic language's does; without it LLVM replaces the integer loops
/// below by the closed form of their sums, and there is nothing left to measure.
fn add(a: i64, b: i64) -> i64 {
    a.checked_add(b).expect("the sums fit an i64")
}

pub fn sum_loop(n: i64) -> f64 {
    let (mut sum, mut i) = (0, 0);
    while i < n {
        sum = add(sum, i);
        i += 1;
    }
    sum as f64
}

pub fn nested_loops(n: i64) -> f64 {
    let (mut sum, mut i) = (0, 0);
    while i < n {
        let mut j = 0;
        while j < n {
            sum = add(sum, j);
            j += 1;
        }
        i += 1;
    }
    sum as f64
}

pub fn float_loop(n: i64) -> f64 {
    let (mut x, mut i) = (1.0, 0);
    while i < n {
        x = x * 0.999 + i as f64 * 0.5;
        i += 1;
    }
    x
}

pub fn alternating_branch(n: i64) -> f64 {
    let (mut even, mut odd) = (0, 0);
    for i in 0..n {
        if i % 2 == 0 {
            even = add(even, i);
        } else {
            odd = add(odd, 3);
        }
    }
    (even - odd) as f64
}
