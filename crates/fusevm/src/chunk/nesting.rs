//! How deep constants and sub-chunks may nest, and the guard of these limits while serde makes them
//! from data that nobody checked, so that hostile input cannot exhaust the native stack.

use super::{Chunk, Const};
use serde::de::{Deserialize, Deserializer, Error};
use std::cell::Cell;

/// What is wrong with a constant beyond [`Const::MAX_DEPTH`].
pub fn constant_error() -> String {
    format!("constants are nested deeper than {} levels", Const::MAX_DEPTH)
}

/// What is wrong with a chunk beyond [`Chunk::MAX_NESTING`].
pub fn chunk_error() -> String {
    format!("sub-chunks are nested deeper than {} levels", Chunk::MAX_NESTING)
}

/// Levels that serde may be within at once: a constant of a sub-chunk at the limits of both.
const LIMIT: usize = Const::MAX_DEPTH + Chunk::MAX_NESTING;

thread_local! {
    static LEVEL: Cell<usize> = const { Cell::new(0) };
}

/// One level; it ends when dropped, also by an error or a panic.
struct Level;

impl Drop for Level {
    fn drop(&mut self) {
        LEVEL.set(LEVEL.get() - 1);
    }
}

/// Deserialises a list that holds the next level.
pub fn deserialize<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    if LEVEL.get() >= LIMIT {
        return Err(D::Error::custom("constants or sub-chunks are nested too deep"));
    }
    LEVEL.set(LEVEL.get() + 1);
    let _level = Level;
    Vec::deserialize(deserializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::samples::{Numbers, random_chunk, sample};

    #[test]
    fn serde_refuses_hostile_nesting() {
        let constant = (0..Const::MAX_DEPTH).fold(Const::Undef, |inner, _| Const::Array(vec![inner]));
        let bytes = postcard::to_stdvec(&constant).expect("plain data");
        assert_eq!(postcard::from_bytes::<Const>(&bytes).expect("within the limit"), constant);
        // An array that holds one array, over and over.
        let kind = postcard::to_stdvec(&Const::Array(vec![])).expect("plain data")[0];
        let hostile = [kind, 1].repeat(1_000_000);
        assert!(postcard::from_bytes::<Const>(&hostile).is_err());
        let mut chunk = Chunk::default();
        for _ in 0..1_000 {
            let inner = postcard::to_stdvec(&chunk).expect("plain data");
            chunk = match postcard::from_bytes(&inner) {
                Ok(inner) => Chunk { sub_chunks: vec![inner], ..Chunk::default() },
                Err(_) => return,
            };
        }
        panic!("1,000 levels of sub-chunks were read");
    }

    #[test]
    fn chunks_survive_serde() {
        let mut numbers = Numbers::new(3);
        let random = (0..300).map(|_| random_chunk(&mut numbers, 2));
        for chunk in std::iter::once(sample()).chain(random) {
            let json = serde_json::to_string(&chunk).expect("plain data");
            let packed = postcard::to_stdvec(&chunk).expect("plain data");
            let backs: [Chunk; 2] =
                [serde_json::from_str(&json).expect(&json), postcard::from_bytes(&packed).expect(&json)];
            for back in backs {
                assert_eq!(back.to_bytes(), chunk.to_bytes(), "{json}");
            }
        }
    }
}
