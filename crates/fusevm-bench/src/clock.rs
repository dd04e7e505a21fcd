//! The CPU clock of this process, which other load on a shared machine disturbs less than wall time.

/// CPU seconds that all threads of this process have used, as Lua's `os.clock` counts them.
pub fn cpu_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock id is valid and `time` is a live timespec that the call fills.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0, "every supported system has a process CPU clock");
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_passes_while_this_thread_works() {
        let start = cpu_seconds();
        let mut work = 0u64;
        while cpu_seconds() - start < 0.001 {
            work = std::hint::black_box(work + 1);
        }
        assert!(work > 0);
    }
}
