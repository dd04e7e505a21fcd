//! The arena: installed code runs, is freed, and stays within its cap.

use super::*;
use crate::jit::blob::compile;
use crate::jit::blob::tests::{call_int, turns};
use crate::jit::isa::{Quality, host};

fn blob_of(bytes: usize) -> Blob {
    Blob { code: vec![TRAP; bytes], entries: vec![0], align: 32 }
}

fn running_blob() -> Blob {
    let isa = host(Quality::Cheap).unwrap();
    compile(&*isa, &mut turns(&*isa), &mut [], false).unwrap().0
}

#[test]
fn memory_is_counted_in_pages_and_given_back() {
    let page = page_size();
    let arena = Arena::new(100 * page);
    let small = arena.install(&blob_of(1)).unwrap();
    let large = arena.install(&blob_of(2 * page + 1)).unwrap();
    assert_eq!((small.used_bytes(), large.used_bytes(), arena.used_bytes()), (page, 3 * page, 4 * page));
    drop(large);
    assert_eq!(arena.used_bytes(), page);
    drop(small);
    assert_eq!(arena.used_bytes(), 0);
}

#[test]
fn the_cap_is_kept_and_says_so() {
    let page = page_size();
    let arena = Arena::new(2 * page);
    let first = arena.install(&blob_of(page)).unwrap();
    let error = arena.install(&blob_of(page + 1)).unwrap_err();
    assert!(matches!(error, ArenaError::Full { needed, used, cap }
        if (needed, used, cap) == (2 * page, page, 2 * page)));
    let expected = format!("code memory is full: {} bytes wanted, {page} of {} in use", 2 * page, 2 * page);
    assert_eq!(error.to_string(), expected);
    drop(first);
    let both = arena.install(&blob_of(page + 1)).unwrap();
    assert!(arena.install(&blob_of(1)).is_err());
    arena.set_cap(3 * page);
    assert!(arena.install(&blob_of(1)).is_ok());
    drop(both);
}

/// The permissions of the mapping that holds `address`, as the kernel tells them.
#[cfg(target_os = "linux")]
fn permissions(address: *const u8) -> Option<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines().find_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let bounds = [start, end].map(|bound| usize::from_str_radix(bound, 16).unwrap());
        (bounds[0]..bounds[1]).contains(&(address as usize)).then(|| rest[..4].to_string())
    })
}

#[cfg(target_os = "linux")]
#[test]
fn no_page_is_writable_and_executable() {
    let arena = Arena::new(1 << 20);
    let blob = running_blob();
    let code: Vec<Installed> = (0..8).map(|_| arena.install(&blob).unwrap()).collect();
    assert!(code.iter().all(|code| permissions(code.entry(0)).as_deref() == Some("r-xp")));
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    assert!(!maps.lines().any(|line| line.contains("rwx")), "{maps}");
}

#[test]
fn what_follows_the_code_traps() {
    let arena = Arena::new(1 << 20);
    let code = arena.install(&running_blob()).unwrap();
    let rest = code.used_bytes() - code.code().len();
    // SAFETY: the rest of the page is mapped readable with the code.
    let rest = unsafe { slice::from_raw_parts(code.base.as_ptr().add(code.code().len()), rest) };
    assert!(rest.iter().all(|byte| *byte == TRAP));
}

/// Threads install, run and drop code at once: every call gives its result, and the account ends at zero.
#[test]
fn threads_share_an_arena() {
    let arena = Arena::new(4 * page_size());
    let blob = running_blob();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..200 {
                    let code = arena.clone().install(&blob).unwrap();
                    assert_eq!(call_int(&code, round), if round % 2 == 0 { 100 } else { 200 });
                }
            });
        }
    });
    assert_eq!(arena.used_bytes(), 0);
}

/// Code is dropped on another thread than the one that installed it.
#[test]
fn code_moves_between_threads() {
    let arena = Arena::new(1 << 20);
    let code =
        std::thread::scope(|scope| scope.spawn(|| arena.install(&running_blob()).unwrap()).join().unwrap());
    assert_eq!(call_int(&code, 3), 200);
}
