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

pub fn word_count(n: i64) -> f64 {
    let (mut text, mut seed) = (String::new(), 42);
    for _ in 0..1000 {
        seed = (seed * 3877 + 29573) % 139968;
        write!(text, "word{} ", seed % 200).expect("writing to a String cannot fail");
    }
    let mut counts: HashMap<&str, i64> = HashMap::new();
    for _ in 0..n {
        for word in text.split_ascii_whitespace() {
            *counts.entry(word).or_default() += 1;
        }
    }
    let mut checksum = 0;
    for i in 0..200 {
        checksum += counts.get(format!("word{i}").as_str()).unwrap_or(&0) * i;
    }
    checksum as f64
}
