//! What native code depends on: two VMs whose code has equal keys can share it.

use crate::chunk::Chunk;
use crate::interp::unit::{Subs, Unit};
use crate::jit::ExtensionTable;
use crate::jit::method::Checks;
use std::sync::Arc;

/// The content of a chunk, as bytes.
pub(crate) type Content = Arc<[u8]>;

/// Everything that decides what native code of a unit does.
///
/// These are the bytes themselves rather than a digest: a chunk that was made to have the digest of
/// another must not get its code.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub content: Content,
    /// What lowering has put into the code of the VM's numbering, and what compilers take for granted.
    context: Box<[u8]>,
}

/// The content of a chunk.
pub(crate) fn content(chunk: &Chunk) -> Content {
    postcard::to_stdvec(chunk).expect("plain data serialises into memory").into()
}

impl Key {
    /// The key of a unit's code, with or without charges for fuel, as the VM's subs are defined now.
    pub fn new(
        content: Content,
        unit: &Unit,
        subs: &Subs,
        charges_fuel: bool,
        extensions: Option<&ExtensionTable>,
    ) -> Key {
        let callees = callees(unit, subs);
        let extensions = extensions.map_or_else(Vec::new, ExtensionTable::to_bytes);
        let checks = Checks::of_thread();
        let context = (charges_fuel, &unit.globals, &unit.subs, callees, extensions, checks);
        let context = postcard::to_stdvec(&context).expect("plain data serialises into memory");
        Key { content, context: context.into() }
    }

    /// Its bytes.
    #[cfg(feature = "jit-disk-cache")]
    pub fn parts(&self) -> [&[u8]; 2] {
        [&self.content, &self.context]
    }
}

/// The sub ids that this unit defines now, with their bodies.
pub(super) fn callees(unit: &Unit, subs: &Subs) -> Vec<(u32, u32)> {
    let ids = unit.subs.iter().filter(|id| **id != crate::chunk::analysis::NONE);
    let mut callees: Vec<(u32, u32)> = ids
        .filter_map(|id| {
            let target = subs.list[*id as usize].target.as_ref()?;
            std::ptr::eq(Arc::as_ptr(&target.unit), unit).then(|| (*id, target.body() as u32))
        })
        .collect();
    callees.sort_unstable();
    callees.dedup();
    callees
}
