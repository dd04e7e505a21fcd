//! How the binary is linked.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A position-independent binary is relocated each time it starts: 15,000 pointers on 80 pages, a quarter
    // of the time that `fusevm awk 'BEGIN{}'` takes from start to end (1.28 ms with, 1.00 ms without; mawk
    // 0.77 ms). What it costs is a known address of the code; the engine executes nothing that it has not
    // verified.
    let is = |name: &str, value: &str| var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
