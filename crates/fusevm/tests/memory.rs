//! What loading and verifying allocate: a small multiple of the chunk, and of hostile input no more.

use fusevm::chunk::text::assemble;
use fusevm::{Chunk, ChunkBuilder, Op, VM, VMResult};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Bytes that the thread holds now, and held at most, since `peak_of` began.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, with an account for each thread.
struct Counting;

fn account(bytes: isize) {
    // A thread that is ending has no account any more.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
}

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        account(layout.size() as isize);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        account(-(layout.size() as isize));
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that `work` holds beyond those held before.
fn peak_of<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = HELD.get();
    PEAK.set(before);
    let result = work();
    ((PEAK.get() - before) as usize, result)
}

const MILLION: usize = 1_000_000;

fn nops() -> Chunk {
    let mut b = ChunkBuilder::new();
    for _ in 0..MILLION {
        b.emit(Op::Nop, 1);
    }
    b.build()
}

/// Bytes of the ops and line numbers of a million ops.
const CHUNK_BYTES: usize = MILLION * (size_of::<Op>() + size_of::<u32>());

#[test]
fn verifying_allocates_about_as_much_as_the_chunk() {
    let chunk = nops();
    let (peak, verified) = peak_of(|| chunk.verify().expect("a million Nops"));
    assert!(peak <= 2 * CHUNK_BYTES, "{peak} bytes for a chunk of {CHUNK_BYTES}");
    assert_eq!(verified.chunk().ops.len(), MILLION);
}

#[test]
fn running_allocates_a_small_multiple_of_the_chunk() {
    for reference in [true, false] {
        let chunk = nops();
        let (peak, result) = peak_of(|| {
            let mut vm = VM::new(chunk);
            vm.set_reference_interpreter(reference);
            vm.run()
        });
        assert_eq!(result, VMResult::Halted);
        assert!(peak <= 8 * CHUNK_BYTES, "{peak} bytes for a chunk of {CHUNK_BYTES}");
    }
}

#[test]
fn the_forms_of_a_chunk_allocate_a_small_multiple_of_it() {
    let chunk = nops();
    let (peak, bytes) = peak_of(|| chunk.to_bytes());
    assert!(peak <= CHUNK_BYTES, "{peak} bytes to write a chunk of {CHUNK_BYTES}");
    let (peak, _) = peak_of(|| Chunk::from_bytes(&bytes).expect("what was written"));
    assert!(peak <= 4 * CHUNK_BYTES, "{peak} bytes to read a chunk of {CHUNK_BYTES}");
    let (peak, text) = peak_of(|| chunk.disassemble());
    assert!(peak <= 4 * CHUNK_BYTES, "{peak} bytes to disassemble a chunk of {CHUNK_BYTES}");
    let (peak, _) = peak_of(|| assemble("nops", &text).expect("what was written"));
    assert!(peak <= 4 * CHUNK_BYTES, "{peak} bytes to assemble a chunk of {CHUNK_BYTES}");
}

/// Counts and nesting that promise far more than there is.
#[test]
fn hostile_input_allocates_in_proportion_to_its_length() {
    let text = format!("LoadConst [{}]", "[] ".repeat(100_000));
    let (peak, _) = peak_of(|| assemble("hostile", &text));
    assert!(peak <= 60 * text.len(), "{peak} bytes for {} of text", text.len());
    for text in
        ["CmdSubst 65535\n", "Jump 18446744073709551615\n", "GetSlot 65535\n", ".block 4000000000 0 0\n"]
    {
        let (peak, _) = peak_of(|| assemble("hostile", text).map(Chunk::verify));
        assert!(peak <= 10_000, "{peak} bytes for {text}");
    }
    // Every byte of the chunk in turn begins a count of 2^62 or so.
    let sound = Chunk::default().to_bytes();
    for at in HEADER_LEN..sound.len() {
        let mut bytes = sound[..at].to_vec();
        bytes.extend([0xff; 8]);
        bytes.extend([0x3f; 100]);
        let (peak, result) = peak_of(|| Chunk::from_bytes(&with_checksum(bytes)));
        assert!(peak <= 10_000, "{peak} bytes for a count at {at}");
        let error = result.expect_err("a count beyond the input").to_string();
        assert!(!error.contains("checksum"), "{error}");
    }
}

/// Length of the binary form's header, whose last 8 bytes are the checksum.
const HEADER_LEN: usize = 28;

/// Puts the FNV-1a hash of what follows the header into it.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = bytes[HEADER_LEN..].iter().fold(0xcbf2_9ce4_8422_2325, step);
    bytes[HEADER_LEN - 8..HEADER_LEN].copy_from_slice(&hash.to_le_bytes());
    bytes
}

/// The work of verification does not multiply parts of the chunk with each other.
#[test]
fn verification_is_linear_in_jump_tables() {
    const SIZE: usize = 20_000;
    let mut b = ChunkBuilder::new();
    let targets = (0..SIZE).map(|index| fusevm::chunk::Const::Int(2 * index as i64)).collect();
    let table = b.add_constant(fusevm::chunk::Const::Array(targets));
    for _ in 0..SIZE {
        b.emit(Op::LoadInt(0), 1);
        b.emit(Op::JumpTable(table), 1);
    }
    let started = std::time::Instant::now();
    b.build().verify().expect("a web of jump tables");
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
