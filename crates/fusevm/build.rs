//! Decides how the fast interpreter dispatches.
//!
//! Handlers that call each other at their end are right only where the compiler turns those calls into
//! jumps; else the native stack grows with every instruction. It does so for these targets from
//! optimisation level 2 on.

use std::env;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(fusevm_tail_calls)");
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let optimised = matches!(variable("OPT_LEVEL").as_str(), "2" | "3");
    let checked = env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_some();
    let target = matches!(variable("CARGO_CFG_TARGET_ARCH").as_str(), "x86_64" | "aarch64");
    if optimised && !checked && target {
        println!("cargo::rustc-cfg=fusevm_tail_calls");
    }
}
