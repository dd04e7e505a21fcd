//! The kernels in native Rust: the algorithms of the Lua texts, with bounds checks.

mod arrays;
mod loops;
mod numeric;
mod recursion;
mod strings;

/// A kernel: its size to its checksum.
pub type Kernel = fn(i64) -> f64;

/// Every kernel by name.
pub const KERNELS: &[(&str, Kernel)] = &[
    ("fib", recursion::fib),
    ("ackermann", recursion::ackermann),
    ("sum_loop", loops::sum_loop),
    ("nested_loops", loops::nested_loops),
    ("float_loop", loops::float_loop),
    ("alternating_branch", loops::alternating_branch),
    ("array_fill_sum", arrays::array_fill_sum),
    ("sieve", arrays::sieve),
    ("quicksort", arrays::quicksort),
    ("fannkuch", arrays::fannkuch),
    ("string_append", strings::string_append),
    ("hash_string_keys", strings::hash_string_keys),
    ("hash_integer_keys", strings::hash_integer_keys),
    ("word_count", strings::word_count),
    ("mandelbrot", numeric::mandelbrot),
    ("spectral_norm", numeric::spectral_norm),
    ("nbody_arrays", numeric::nbody_arrays),
    ("nbody_records", numeric::nbody_records),
];
