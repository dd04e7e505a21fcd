//! What is stored comes back, and nothing else ever does.

use std::fs;

use super::super::entry::HEADER_SIZE;
use super::*;
use crate::jit::cache::Miss;

#[test]
fn contents_come_back() {
    let scratch = Scratch::new();
    let store = store(&scratch.cache());
    let large = vec![0xa5; 300_000];
    for content in [&b""[..], b"x", CONTENT, &large] {
        assert!(store.save(Kind::Code, &KEY, content));
        assert_eq!(store.load(Kind::Code, &KEY).unwrap(), content);
    }
    assert_eq!(store.load(Kind::Code, &[8; 32]), Err(Miss::Absent));
    assert_eq!(store.load(Kind::Feedback, &KEY), Err(Miss::Absent));
    assert_eq!(location(&scratch.cache()).size_bytes(), (large.len() + HEADER_SIZE) as u64);
}

#[test]
fn nothing_is_touched_before_the_first_save() {
    let scratch = Scratch::new();
    let store = store(&scratch.cache());
    assert_eq!(store.load(Kind::Code, &KEY), Err(Miss::Absent));
    assert_eq!(location(&scratch.cache()).size_bytes(), 0);
    assert!(!scratch.cache().exists());
}

/// Every damaged form of a file is rejected and removed, and does not keep the next save from working.
fn assert_rejected(store: &Store, path: &std::path::Path, damaged: &[u8], what: &str) {
    write_private(path, damaged);
    let result = store.load(Kind::Code, &KEY);
    assert!(matches!(result, Err(Miss::Rejected(_))), "{what}: {result:?}");
    assert!(!path.exists(), "{what}");
}

#[test]
fn every_flipped_bit_is_noticed() {
    let scratch = Scratch::new();
    let (store, path) = stored(&scratch.cache());
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut damaged = good.clone();
            damaged[at] ^= 1 << bit;
            assert_rejected(&store, &path, &damaged, &format!("bit {bit} of byte {at}"));
        }
    }
    write_private(&path, &good);
    assert_eq!(store.load(Kind::Code, &KEY).unwrap(), CONTENT);
}

#[test]
fn every_truncation_is_noticed() {
    let scratch = Scratch::new();
    let (store, path) = stored(&scratch.cache());
    let good = fs::read(&path).unwrap();
    for length in 0..good.len() {
        assert_rejected(&store, &path, &good[..length], &format!("{length} bytes"));
    }
    let mut longer = good.clone();
    longer.push(0);
    assert_rejected(&store, &path, &longer, "a byte more");
    assert!(store.save(Kind::Code, &KEY, CONTENT));
    assert_eq!(store.load(Kind::Code, &KEY).unwrap(), CONTENT);
}

/// A file of 1 TiB (with a hole) must not make us allocate that much.
#[test]
fn a_huge_file_is_rejected_unread() {
    let scratch = Scratch::new();
    let (store, path) = stored(&scratch.cache());
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    if file.set_len(1 << 40).is_ok() {
        assert!(matches!(store.load(Kind::Code, &KEY), Err(Miss::Rejected(_))));
    }
}

/// Each pair of a writer and a reader that differ in one respect: the file of the one is put where the other
/// looks for it.
#[test]
fn a_file_is_only_good_for_what_it_was_made_for() {
    let scratch = Scratch::new();
    let (ours, path) = stored(&scratch.cache());
    let good = fs::read(&path).unwrap();
    let other_machine = Store::new(location(&scratch.cache()), b"x86_64 sse4.2");
    let readers =
        [(&ours, Kind::Feedback, KEY), (&ours, Kind::Code, [8; 32]), (&other_machine, Kind::Code, KEY)];
    for (reader, kind, key) in readers {
        let path = scratch.cache().join(reader.file_name(kind, &key));
        assert_eq!(reader.load(kind, &key), Err(Miss::Absent));
        write_private(&path, &good);
        assert!(matches!(reader.load(kind, &key), Err(Miss::Rejected(_))), "{kind:?} {}", key[0]);
        assert!(!path.exists());
    }
    assert_eq!(ours.load(Kind::Code, &KEY).unwrap(), CONTENT, "the readers have files of their own");
}

#[test]
fn another_secret_makes_all_files_invalid() {
    let scratch = Scratch::new();
    let (store, path) = stored(&scratch.cache());
    let secret = scratch.cache().join("secret");
    assert_eq!(fs::read(&secret).unwrap().len(), 32);
    write_private(&secret, &[1; 32]);
    assert_eq!(store.load(Kind::Code, &KEY), Err(Miss::Rejected("is damaged")));
    assert!(!path.exists());
}

#[test]
fn a_missing_or_bad_secret_is_made_anew() {
    let scratch = Scratch::new();
    let (store, _) = stored(&scratch.cache());
    let secret = scratch.cache().join("secret");
    let first = fs::read(&secret).unwrap();
    for bad in [Some(&b""[..]), Some(&[1; 31]), Some(&[1; 33]), None] {
        fs::remove_file(&secret).unwrap();
        if let Some(bad) = bad {
            write_private(&secret, bad);
        }
        assert!(store.load(Kind::Code, &KEY).is_err());
        assert!(store.save(Kind::Code, &KEY, CONTENT));
        assert_eq!(store.load(Kind::Code, &KEY).unwrap(), CONTENT);
        assert_ne!(fs::read(&secret).unwrap(), first);
    }
}
