//! The native peer: the kernels in plain Rust, a program of its own that the build script compiles without loop
//! and SLP vectorisation (flags that Cargo cannot set for one crate), so that the engine's build is left alone.
//!
//! `native-kernels NAME SIZE BUDGET` prints what `kernels/driver.lua` prints: the checksum, the seconds of the
//! first run, and the mean seconds of a later one, measured for BUDGET seconds of CPU time.

mod kernels;

use std::ffi::c_long;
use std::hint::black_box;
use std::process::ExitCode;

unsafe extern "C" {
    /// CPU time of the process in microseconds (POSIX fixes the unit), as Lua's `os.clock` reads it.
    safe fn clock() -> c_long;
}

fn seconds_since(start: c_long) -> f64 {
    (clock() - start) as f64 / 1e6
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [name, size, budget] = args.as_slice() else {
        eprintln!("usage: native-kernels NAME SIZE BUDGET");
        return ExitCode::FAILURE;
    };
    let kernel = kernels::KERNELS.iter().find(|(known, _)| known == name);
    let (Some((_, kernel)), Ok(size), Ok(budget)) = (kernel, size.parse::<i64>(), budget.parse::<f64>()) else {
        eprintln!("native-kernels: no kernel {name:?}, or SIZE or BUDGET is no number");
        return ExitCode::FAILURE;
    };

    let start = clock();
    let checksum = black_box(kernel(black_box(size)));
    let first = seconds_since(start);

    let (mut runs, start) = (0u32, clock());
    let elapsed = loop {
        black_box(kernel(black_box(size)));
        runs += 1;
        let elapsed = seconds_since(start);
        if elapsed >= budget {
            break elapsed;
        }
    };
    println!("{checksum:?} {first:.9} {:.9}", elapsed / f64::from(runs));
    ExitCode::SUCCESS
}
