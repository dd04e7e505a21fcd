//! A text that is put together from pieces of others, most of them short: those are copied without a call.

use crate::error::OpResult;
use crate::short::pack;
use crate::value::heap;

/// Bytes that are copied together, whether all of them are wanted or not.
const CHUNK: usize = 16;

/// Puts packed bytes in their place, as two words: an array would be put together elsewhere first.
#[inline(always)]
fn put(room: &mut [u8; CHUNK], packed: u128) {
    let (low, high) = room.split_at_mut(CHUNK / 2);
    low.copy_from_slice(&(packed as u64).to_le_bytes());
    high.copy_from_slice(&((packed >> 64) as u64).to_le_bytes());
}

/// A text in the making, in room that is kept for the next one.
#[derive(Debug, Default)]
pub(crate) struct Splice {
    /// The text, and behind it room.
    bytes: Vec<u8>,
    length: usize,
}

/// A text that fits a chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Short {
    packed: u128,
    length: usize,
}

impl Short {
    /// The text, unless it is too long.
    pub fn new(text: &[u8]) -> Option<Short> {
        (text.len() <= CHUNK).then(|| Short { packed: pack(text), length: text.len() })
    }
}

impl Splice {
    /// What was put together.
    #[inline]
    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Forgets the text.
    #[inline]
    pub fn clear(&mut self) {
        self.length = 0;
    }

    /// Appends a text.
    ///
    /// # Errors
    /// The heap limit leaves no room for it.
    #[inline(always)]
    pub fn push(&mut self, text: &[u8]) -> OpResult<()> {
        self.reserve(text.len())?;
        match self.bytes[self.length..].first_chunk_mut() {
            Some(room) if text.len() <= CHUNK => put(room, pack(text)),
            _ => self.copy(text),
        }
        self.length += text.len();
        Ok(())
    }

    /// Appends the part of a text that lies between two places.
    ///
    /// # Errors
    /// The heap limit leaves no room for it.
    #[inline(always)]
    pub fn push_part(&mut self, text: &[u8], start: usize, end: usize) -> OpResult<()> {
        let length = end - start;
        self.reserve(length)?;
        self.put_part(text, start, end);
        self.length += length;
        Ok(())
    }

    /// Appends the part of a text that lies between two places, and what takes the place of what comes then.
    ///
    /// # Errors
    /// The heap limit leaves no room for it.
    #[inline(always)]
    pub fn push_replaced(&mut self, text: &[u8], start: usize, end: usize, with: &Short) -> OpResult<()> {
        self.reserve(end - start + CHUNK)?;
        let length = end - start;
        self.put_part(text, start, end);
        if let Some(room) = self.bytes[self.length + length..].first_chunk_mut() {
            put(room, with.packed);
        }
        self.length += length + with.length;
        Ok(())
    }

    /// Puts the part of a text that lies between two places behind what there is; the room is there.
    #[inline(always)]
    fn put_part(&mut self, text: &[u8], start: usize, end: usize) {
        let room = &mut self.bytes[self.length..];
        match (text[start..].first_chunk::<{ 2 * CHUNK }>(), room.first_chunk_mut()) {
            (Some(part), Some(room)) if end - start <= 2 * CHUNK => *room = *part,
            _ => self.copy(&text[start..end]),
        }
    }

    #[inline(never)]
    fn copy(&mut self, text: &[u8]) {
        self.bytes[self.length..][..text.len()].copy_from_slice(text);
    }

    /// Makes room for so many bytes, and for those that are copied with them.
    #[inline(always)]
    fn reserve(&mut self, length: usize) -> OpResult<()> {
        let wanted = self.length + length + 2 * CHUNK;
        if wanted > self.bytes.len() { self.grow(wanted) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, wanted: usize) -> OpResult<()> {
        heap::check(self.length)?;
        self.bytes.resize(wanted.max(2 * self.bytes.len()), 0);
        Ok(())
    }
}
