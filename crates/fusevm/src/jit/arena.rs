//! Memory for native code, under our own control: a cap, and every blob freed by itself.
//!
//! No page is ever writable and executable at once, and none that was executable becomes writable again: a blob is
//! copied into fresh writable pages, which then turn executable for good, until they are unmapped.
//!
//! Each blob has pages of its own. Packing several into a page would mean writing to a page whose code may be
//! running, or a second, writable mapping of it through a shared file; the latter breaks after `fork`, where
//! parent and child would reuse each other's memory. A blob holds all functions of a compile unit, so there are
//! tens of them in a program, not thousands; the rounding costs 2 KiB on average, and mapping and unmapping one
//! about 10 µs, against 200 µs and more to compile it.

use std::fmt;
use std::io;
use std::ptr::{self, NonNull};
#[cfg(test)]
use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::blob::Blob;

/// Where blobs become executable. Clones share the memory and its cap.
#[derive(Clone, Debug)]
pub(crate) struct Arena(Arc<Account>);

/// How much is in use, and how much may be.
#[derive(Debug)]
struct Account {
    used: AtomicUsize,
    cap: AtomicUsize,
}

/// Why a blob could not be made executable.
#[derive(Debug)]
pub(crate) enum ArenaError {
    /// It does not fit under the cap: dropping other code makes room, unless `needed` alone exceeds `cap`.
    Full {
        /// Bytes of whole pages that the blob takes.
        needed: usize,
        /// Bytes in use.
        used: usize,
        /// Bytes that may be in use.
        cap: usize,
    },
    /// The system refused: no memory, or a policy against executable memory.
    Refused(io::Error),
}

impl fmt::Display for ArenaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArenaError::Full { needed, used, cap } => {
                write!(f, "code memory is full: {needed} bytes wanted, {used} of {cap} in use")
            }
            ArenaError::Refused(error) => write!(f, "no executable memory: {error}"),
        }
    }
}

impl std::error::Error for ArenaError {}

impl Arena {
    /// An arena of at most `cap` bytes, counted in whole pages.
    pub(crate) fn new(cap: usize) -> Arena {
        Arena(Arc::new(Account { used: AtomicUsize::new(0), cap: AtomicUsize::new(cap) }))
    }

    /// Bytes of whole pages in use.
    pub(crate) fn used_bytes(&self) -> usize {
        self.0.used.load(Ordering::Relaxed)
    }

    /// Bytes that may be in use.
    pub(crate) fn cap(&self) -> usize {
        self.0.cap.load(Ordering::Relaxed)
    }

    /// Sets the cap for what is installed from now on; what is there stays.
    pub(crate) fn set_cap(&self, cap: usize) {
        self.0.cap.store(cap, Ordering::Relaxed);
    }

    /// Copies `blob` into executable memory, where it stays until the answer is dropped.
    ///
    /// # Errors
    /// [`ArenaError::Full`] over the cap, [`ArenaError::Refused`] when the system says no.
    pub(crate) fn install(&self, blob: &Blob) -> Result<Installed, ArenaError> {
        let page = page_size();
        debug_assert!(blob.align.is_power_of_two() && blob.align as usize <= page);
        let bytes = blob.code.len().max(1).next_multiple_of(page);
        let reservation = self.reserve(bytes)?;
        let base = map_executable(&blob.code, bytes).map_err(ArenaError::Refused)?;
        Ok(Installed {
            base,
            #[cfg(test)]
            length: blob.code.len(),
            entries: blob.entries.clone().into(),
            reservation,
        })
    }

    fn reserve(&self, bytes: usize) -> Result<Reservation, ArenaError> {
        let cap = self.cap();
        let taken = self.0.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            used.checked_add(bytes).filter(|total| *total <= cap)
        });
        match taken {
            Ok(_) => Ok(Reservation { account: Arc::clone(&self.0), bytes }),
            Err(used) => Err(ArenaError::Full { needed: bytes, used, cap }),
        }
    }
}

/// Bytes counted as used, until dropped.
#[derive(Debug)]
struct Reservation {
    account: Arc<Account>,
    bytes: usize,
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.account.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A blob in executable memory. Dropping it unmaps the code, so its owner keeps it while anyone may run in it.
#[derive(Debug)]
pub(crate) struct Installed {
    base: NonNull<u8>,
    #[cfg(test)]
    length: usize,
    entries: Box<[u32]>,
    reservation: Reservation,
}

// SAFETY: the memory is read-only and executable from its creation to its end, and no thread owns it.
unsafe impl Send for Installed {}
// SAFETY: as above; no method changes anything.
unsafe impl Sync for Installed {}

impl Installed {
    /// The address of a function of the unit, by its number; null for a number that the unit does not have.
    pub(crate) fn entry(&self, function: usize) -> *const u8 {
        match self.entries.get(function) {
            Some(offset) => self.base.as_ptr().wrapping_add(*offset as usize),
            None => ptr::null(),
        }
    }

    /// The machine code.
    #[cfg(test)]
    pub(crate) fn code(&self) -> &[u8] {
        // SAFETY: `length` bytes from `base` are mapped readable until `self` is dropped, and nobody writes them.
        unsafe { slice::from_raw_parts(self.base.as_ptr(), self.length) }
    }

    /// Bytes of whole pages that it takes of the arena's cap.
    #[cfg(test)]
    pub(crate) fn used_bytes(&self) -> usize {
        self.reservation.bytes
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        // SAFETY: `base` and the length are those of a mapping made by `map_executable`, unmapped only here. Who
        // drops the handle vouches that no thread runs this code or will.
        unsafe { libc::munmap(self.base.as_ptr().cast(), self.reservation.bytes) };
    }
}

fn page_size() -> usize {
    // SAFETY: sysconf has no preconditions.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).unwrap_or(4096)
}

/// Maps `bytes` of fresh memory with `code` at its start: written first, then executable and read-only.
fn map_executable(code: &[u8], bytes: usize) -> io::Result<NonNull<u8>> {
    let (writable, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new anonymous mapping at an address of the system's choice touches no existing memory.
    let address = unsafe { libc::mmap(ptr::null_mut(), bytes, writable, flags, -1, 0) };
    if address == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    let base = address.cast::<u8>();
    // SAFETY: the mapping is ours alone, writable, and of `bytes` >= `code.len()` bytes.
    unsafe {
        ptr::copy_nonoverlapping(code.as_ptr(), base, code.len());
        ptr::write_bytes(base.add(code.len()), TRAP, bytes - code.len());
    }
    publish_code(base, bytes);
    // SAFETY: the whole mapping is ours, and no reference to its contents exists.
    if unsafe { libc::mprotect(address, bytes, libc::PROT_READ | libc::PROT_EXEC) } != 0 {
        let error = io::Error::last_os_error();
        // SAFETY: as above; the mapping is not used afterwards.
        unsafe { libc::munmap(address, bytes) };
        return Err(error);
    }
    NonNull::new(base).ok_or_else(|| io::Error::other("mapped at address zero"))
}

/// What fills the rest of the last page: traps, should control ever get there (`int3`; `udf` on aarch64).
const TRAP: u8 = if cfg!(target_arch = "x86_64") { 0xCC } else { 0 };

/// Makes written code visible to instruction fetch. On x86-64 the hardware does it.
#[cfg(not(target_arch = "aarch64"))]
fn publish_code(_base: *const u8, _bytes: usize) {}

/// Makes written code visible to instruction fetch on every core: cleans the data cache to the point of unification,
/// invalidates the instruction cache (Arm Architecture Reference Manual, "Concurrent modification and execution
/// of instructions"), then has each core that runs a thread of ours synchronise its pipeline.
#[cfg(target_arch = "aarch64")]
fn publish_code(base: *const u8, bytes: usize) {
    use std::arch::asm;
    let cache_type: u64;
    // SAFETY: reads a register that the system lets programs read.
    unsafe { asm!("mrs {}, ctr_el0", out(reg) cache_type, options(nomem, nostack, preserves_flags)) };
    let (data_line, instruction_line) = (4 << ((cache_type >> 16) & 15), 4 << (cache_type & 15));
    let (start, end) = (base as usize, base as usize + bytes);
    for line in (start..end).step_by(data_line) {
        // SAFETY: the line is mapped; cleaning a cache line changes no memory.
        unsafe { asm!("dc cvau, {}", in(reg) line, options(nostack, preserves_flags)) };
    }
    // SAFETY: a barrier.
    unsafe { asm!("dsb ish", options(nostack, preserves_flags)) };
    for line in (start..end).step_by(instruction_line) {
        // SAFETY: the line is mapped; invalidating an instruction cache line changes no memory.
        unsafe { asm!("ic ivau, {}", in(reg) line, options(nostack, preserves_flags)) };
    }
    // SAFETY: barriers.
    unsafe { asm!("dsb ish", "isb", options(nostack, preserves_flags)) };
    #[cfg(target_os = "linux")]
    for command in [REGISTER_SYNC_CORE, SYNC_CORE] {
        // SAFETY: membarrier takes plain numbers and touches no memory of ours. A kernel older than 4.16 refuses,
        // and has nothing better to offer.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) };
    }
}

/// `MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE` and its registration, which linux/membarrier.h numbers.
#[cfg(all(target_arch = "aarch64", target_os = "linux"))]
const SYNC_CORE: libc::c_int = 1 << 5;
#[cfg(all(target_arch = "aarch64", target_os = "linux"))]
const REGISTER_SYNC_CORE: libc::c_int = 1 << 6;

#[cfg(test)]
#[path = "arena_tests.rs"]
mod tests;
