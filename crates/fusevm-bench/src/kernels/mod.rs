//! The core kernels. Each exists three times, doing the same work: a chunk built here, a Lua text in `kernels/`,
//! and a native function in `native/`.

mod arrays;
mod asm;
mod loops;
mod numeric;
mod recursion;
mod strings;

use fusevm::Chunk;

/// One kernel.
pub struct Kernel {
    /// The name in reports, of the Lua file, and of the native function.
    pub name: &'static str,
    /// The size that the command measures.
    pub size: i64,
    /// The text that defines `local function kernel(size)`.
    pub lua: &'static str,
    /// The chunk that runs the kernel at a size and ends with its checksum.
    pub chunk: fn(i64) -> Chunk,
}

macro_rules! kernels {
    ($($module:ident::$name:ident($size:literal))*) => {
        &[$(Kernel {
            name: stringify!($name),
            size: $size,
            lua: include_str!(concat!("../../kernels/", stringify!($name), ".lua")),
            chunk: $module::$name,
        }),*]
    };
}

/// All kernels, in the order of the report.
pub const KERNELS: &[Kernel] = kernels! {
    recursion::fib(27)
    recursion::ackermann(6)
    loops::sum_loop(1_000_000)
    loops::nested_loops(1000)
    loops::float_loop(1_000_000)
    loops::alternating_branch(1_000_000)
    arrays::array_fill_sum(1_000_000)
    arrays::sieve(1_000_000)
    arrays::quicksort(50_000)
    arrays::fannkuch(8)
    strings::string_append(100_000)
    strings::hash_string_keys(100_000)
    strings::hash_integer_keys(100_000)
    strings::word_count(100)
    numeric::mandelbrot(128)
    numeric::spectral_norm(60)
    numeric::nbody_arrays(5000)
    numeric::nbody_records(5000)
};

#[cfg(test)]
#[path = "../../native/kernels/mod.rs"]
mod native;

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::{VM, VMResult};

    /// Sizes at which the reference interpreter is quick, with the corner cases of each kernel's loops.
    const SIZES: [(&str, &[i64]); 18] = [
        ("fib", &[0, 1, 2, 15]),
        ("ackermann", &[0, 1, 3]),
        ("sum_loop", &[0, 1, 1000]),
        ("nested_loops", &[0, 1, 30]),
        ("float_loop", &[0, 1, 1000]),
        ("alternating_branch", &[0, 1, 2, 1001]),
        ("array_fill_sum", &[0, 1, 1000]),
        ("sieve", &[1, 2, 100, 1000]),
        ("quicksort", &[0, 1, 2, 3, 500]),
        ("fannkuch", &[2, 3, 5, 6]),
        ("string_append", &[0, 1, 200]),
        ("hash_string_keys", &[0, 1, 300]),
        ("hash_integer_keys", &[0, 1, 300]),
        ("word_count", &[0, 1, 2]),
        ("mandelbrot", &[1, 8]),
        ("spectral_norm", &[1, 2, 8]),
        ("nbody_arrays", &[0, 1, 20]),
        ("nbody_records", &[0, 1, 20]),
    ];

    #[test]
    fn every_kernel_has_a_native_twin_and_test_sizes() {
        let names: Vec<&str> = KERNELS.iter().map(|kernel| kernel.name).collect();
        let natives: Vec<&str> = native::KERNELS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, natives);
        assert_eq!(names, SIZES.map(|(name, _)| name));
    }

    #[test]
    fn chunks_give_the_checksums_of_native_code() {
        let natives = native::KERNELS.iter().map(|(_, native)| native);
        for ((kernel, native), (name, sizes)) in KERNELS.iter().zip(natives).zip(SIZES) {
            for &size in sizes {
                let ours = match VM::new((kernel.chunk)(size)).run() {
                    VMResult::Ok(value) => value.to_float(),
                    VMResult::Error(error) => panic!("{name}({size}): {error}"),
                    VMResult::Halted => panic!("{name}({size}) ended without a value"),
                };
                assert_eq!(
                    ours.to_bits(),
                    native(size).to_bits(),
                    "{name}({size}): {ours} vs {}",
                    native(size)
                );
            }
        }
    }

    /// Values known from mathematics, so that the native twins are not their own oracle.
    #[test]
    fn checksums_are_the_known_ones() {
        let native = |wanted: &str, size| {
            let (_, kernel) = native::KERNELS.iter().find(|(name, _)| *name == wanted).expect("it exists");
            kernel(size)
        };
        assert_eq!(native("fib", 20), 6765.0);
        assert_eq!(native("ackermann", 3), 61.0);
        assert_eq!(native("sieve", 1000), 168.0);
        assert_eq!(native("sum_loop", 1001), 500_500.0);
        assert_eq!(native("fannkuch", 7), 228_016.0);
        assert_eq!(format!("{:.9}", native("spectral_norm", 100)), "1.274219991");
    }
}
