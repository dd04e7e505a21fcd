//! Which build on which machine native code was made by, and for.

use std::any::TypeId;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use crate::fnv::Fnv1a;
use crate::op::Op;

/// A digest of all that must be the same for native code and feedback to be used again: our sources and
/// how they were compiled (see `build.rs`), the code generator, the op table, and the machine.
///
/// `machine` describes the instruction set and the features of it that code is generated for.
pub(super) fn identity(machine: &[u8]) -> [u8; 32] {
    static BUILD: OnceLock<[u8; 32]> = OnceLock::new();
    digest(&[BUILD.get_or_init(build), machine])
}

fn build() -> [u8; 32] {
    let mut type_id = TypeIdHash(Fnv1a::default());
    // The id of any type of this crate depends on the versions of all its dependencies, whose data
    // layouts native code may know.
    TypeId::of::<super::Store>().hash(&mut type_id);
    digest(&[
        env!("FUSEVM_BUILD_ID").as_bytes(),
        env!("CARGO_PKG_VERSION").as_bytes(),
        cranelift_codegen::VERSION.as_bytes(),
        &Op::table_hash().to_le_bytes(),
        &type_id.finish().to_le_bytes(),
    ])
}

fn digest(fields: &[&[u8]]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for field in fields {
        hasher.update(&(field.len() as u64).to_le_bytes()).update(field);
    }
    hasher.finalize().into()
}

/// Makes a number of a type id, the same in each run of a build.
struct TypeIdHash(Fnv1a);

impl Hasher for TypeIdHash {
    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    fn finish(&self) -> u64 {
        self.0.finish()
    }
}
