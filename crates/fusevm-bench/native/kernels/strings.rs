//! Strings and hashes.

use std::collections::HashMap;
use std::fmt::Write;

pub fn string_append(n: i64) -> f64 {
    let mut s = String::new();
    for i in 1..=n {
        s.push_str("abc");
        write!(s, "{i}").expect("writing to a String cannot fail");
    }
    s.len() as f64
}

pub fn hash_string_keys(n: i64) -> f64 {
    let mut h = HashMap::new();
    for i in 1..=n {
        h.insert(format!("k{i}"), i);
    }
    let mut sum = 0;
    for i in 1..=n {
        sum += h[&format!("k{i}")];
    }
    sum as f64
}

pub fn hash_integer_keys(n: i64) -> f64 {
    let mut h = HashMap::new();
    for i in 1..=n {
        h.insert(i * 7919 % 1_000_003, i);
    }
    let mut sum = 0;
    for i in 1..=n {
        sum += h[&(i * 7919 % 1_000_003)];
    }
    sum as f64
}
