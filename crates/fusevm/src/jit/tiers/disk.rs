//! Native code between runs of a program, in the disk cache.
//!
//! Each piece is kept by itself, under what its bytes depend on: the chunk and its numbering, the place, and the
//! kinds of values that it is for. Whether it was compiled with as much feedback as there is now does not matter
//! for what it computes. The feedback that it was compiled from is kept with it, so that what is compiled later
//! in the run knows more of the program.

use super::key::Key;
use crate::jit::cache::{Kind, Miss, Store, process_store};
use crate::jit::isa;
use crate::jit::method::{Entry, Method};
use cranelift_codegen::isa::TargetIsa;
use serde::{Deserialize, Serialize};

/// Where a piece of code is kept.
pub(super) struct Slot {
    store: Store,
    key: [u8; 32],
}

/// What is kept.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub method: Method,
    /// By instruction, as the compiler's input has it.
    pub feedback: Box<[u16]>,
}

/// What is kept, before it has an owner.
#[derive(Serialize)]
struct ToKeep<'a> {
    method: &'a Method,
    feedback: &'a [u16],
}

impl Slot {
    /// The place of code for an entry of a unit, on a machine.
    ///
    /// # Errors
    /// When there is no cache.
    pub fn new(unit: &Key, entry: &Entry, isa: &dyn TargetIsa) -> Result<Slot, Miss> {
        let store = process_store(&isa::fingerprint(isa))?;
        let entry = postcard::to_stdvec(entry).expect("plain data serialises into memory");
        let mut hasher = blake3::Hasher::new();
        for part in unit.parts().into_iter().chain([&entry[..]]) {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
        Ok(Slot { store, key: hasher.finalize().into() })
    }

    /// Takes what is kept there.
    ///
    /// # Errors
    /// When there is nothing, or nothing that this build has written.
    pub fn load(&self) -> Result<Kept, Miss> {
        let bytes = self.store.load(Kind::Code, &self.key)?;
        let kept: Option<Kept> = postcard::from_bytes(&bytes).ok();
        kept.filter(|kept| kept.method.blob.is_sound()).ok_or(Miss::Rejected("does not hold what it should"))
    }

    /// The bytes to be kept of compiled code.
    pub fn pack(method: &Method, feedback: &[u16]) -> Vec<u8> {
        postcard::to_stdvec(&ToKeep { method, feedback }).expect("plain data serialises into memory")
    }

    /// Keeps bytes, if that is possible.
    pub fn save(&self, packed: &[u8]) {
        self.store.save(Kind::Code, &self.key, packed);
    }
}
