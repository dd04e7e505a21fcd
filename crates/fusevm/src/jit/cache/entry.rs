//! The form of a cache file: a header of fixed size, then the content.
//!
//! | bytes | field |
//! |---|---|
//! | 8 | magic |
//! | 4 | version of this form |
//! | 4 | kind of the content |
//! | 32 | identity of build and machine |
//! | 32 | key |
//! | 8 | length of the content |
//! | 32 | seal: keyed BLAKE3 of the content and of the fields above |
//!
//! Numbers are little-endian. A reader knows every field but the length and the seal beforehand, so it
//! compares the header as a whole.

use super::Kind;

const MAGIC: [u8; 8] = *b"\x7ffusevm\n";
const VERSION: u32 = 1;

/// Size of the fields before the seal.
pub(super) const LABEL_SIZE: usize = 8 + 4 + 4 + 32 + 32 + 8;
/// Size of the whole header.
pub(super) const HEADER_SIZE: usize = LABEL_SIZE + blake3::OUT_LEN;

/// The secret of a cache directory, which keys the seals.
pub(super) type Secret = [u8; blake3::KEY_LEN];

/// What a reader demands of an entry.
pub(super) struct Expected<'a> {
    pub kind: Kind,
    pub identity: &'a [u8; 32],
    pub key: &'a [u8; 32],
}

impl Expected<'_> {
    /// The header before the seal, for a content of this length.
    fn label(&self, length: u64) -> [u8; LABEL_SIZE] {
        let mut label = [0; LABEL_SIZE];
        let fields: [&[u8]; 6] = [
            &MAGIC,
            &VERSION.to_le_bytes(),
            &(self.kind as u32).to_le_bytes(),
            self.identity,
            self.key,
            &length.to_le_bytes(),
        ];
        let mut at = 0;
        for field in fields {
            label[at..at + field.len()].copy_from_slice(field);
            at += field.len();
        }
        label
    }

    /// The header that belongs to a content.
    pub fn header(&self, secret: &Secret, content: &[u8]) -> [u8; HEADER_SIZE] {
        let mut header = [0; HEADER_SIZE];
        header[..LABEL_SIZE].copy_from_slice(&self.label(content.len() as u64));
        let seal = seal(secret, &header[..LABEL_SIZE], content);
        header[LABEL_SIZE..].copy_from_slice(seal.as_bytes());
        header
    }

    /// Whether a header promises what is expected, with a content of this length. The content itself is
    /// still to be checked.
    pub fn labels(&self, header: &[u8; HEADER_SIZE], length: u64) -> bool {
        header[..LABEL_SIZE] == self.label(length)
    }
}

/// Whether a content is the one that was stored under this header.
pub(super) fn is_sealed(header: &[u8; HEADER_SIZE], secret: &Secret, content: &[u8]) -> bool {
    // Hashes compare in constant time.
    seal(secret, &header[..LABEL_SIZE], content) == header[LABEL_SIZE..]
}

/// The content goes first: so its blocks are aligned, and BLAKE3 hashes many at once.
fn seal(secret: &Secret, label: &[u8], content: &[u8]) -> blake3::Hash {
    blake3::Hasher::new_keyed(secret).update(content).update(label).finalize()
}
