//! A unit is a chunk that a VM has loaded: constants are values, names are indices into the VM's
//! globals and subs.

use super::globals::Globals;
use crate::chunk::analysis::NONE;
use crate::chunk::{Chunk, Const, IntegerMode, VerifiedChunk};
use crate::code::Code;
use crate::error::{ErrorKind, Fault, OpResult};
use crate::op::Op;
use crate::value::Value;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// A loaded chunk.
pub(crate) struct Unit {
    verified: VerifiedChunk,
    /// The constant pool as values.
    pub constants: Box<[Value]>,
    /// Global index of each name.
    pub globals: Box<[u32]>,
    /// Sub id of each name that the chunk calls or defines, else [`NONE`].
    pub subs: Box<[u32]>,
    /// The lowered code: without and with fuel charging.
    code: [OnceLock<Option<Code>>; 2],
}

impl Unit {
    /// Resolves a chunk's names against a VM's tables and defines its subs.
    pub fn load(verified: VerifiedChunk, globals: &mut Globals, subs: &mut Subs) -> Arc<Unit> {
        let chunk = verified.chunk();
        let mut sub_ids = vec![NONE; chunk.names.len()].into_boxed_slice();
        let called = chunk.ops.iter().filter_map(|op| match *op {
            Op::Call(name, _) | Op::TailCall(name, _) | Op::MakeClosure(name, _) => Some(name),
            _ => None,
        });
        for name in called.chain(chunk.sub_entries.iter().map(|(name, _)| *name)) {
            sub_ids[usize::from(name)] = subs.id(&chunk.names[usize::from(name)]);
        }
        // Without `sync` a unit never leaves its VM's thread; with it, it may.
        #[allow(clippy::arc_with_non_send_sync)]
        let unit = Arc::new(Unit {
            constants: chunk.constants.iter().map(Const::to_value).collect(),
            globals: chunk.names.iter().map(|name| globals.index(name)).collect(),
            subs: sub_ids,
            code: [OnceLock::new(), OnceLock::new()],
            verified,
        });
        for (index, (name, entry)) in unit.chunk().sub_entries.iter().enumerate() {
            let id = unit.subs[usize::from(*name)];
            subs.define(id, Target { unit: unit.clone(), sub: index as u32, entry: *entry });
        }
        unit
    }

    /// The chunk.
    pub fn chunk(&self) -> &Chunk {
        self.verified.chunk()
    }

    /// The chunk with what verification found out.
    pub fn verified(&self) -> &VerifiedChunk {
        &self.verified
    }

    /// A name of the pool.
    pub fn name(&self, index: u16) -> &str {
        &self.chunk().names[usize::from(index)]
    }

    /// The global index of a name.
    pub fn global(&self, name: u16) -> usize {
        self.globals[usize::from(name)] as usize
    }

    /// How the chunk's integers overflow.
    pub fn integer_mode(&self) -> IntegerMode {
        self.chunk().integer_mode
    }

    /// The lowered code, or `None` when the chunk runs in the reference interpreter: an extension op is
    /// undeclared, or a frame needs more registers than an instruction can name.
    pub fn code(&self, fuel: bool) -> Option<&Code> {
        self.code[usize::from(fuel)].get_or_init(|| crate::code::lower(self, fuel)).as_ref()
    }

    /// The name of the sub of a body; empty for the chunk's own code. Main comes first, then the subs in order.
    pub fn body_name(&self, body: usize) -> &str {
        let sub = body.checked_sub(1).and_then(|sub| self.chunk().sub_entries.get(sub));
        sub.map_or("", |(name, _)| self.name(*name))
    }
}

/// Where a sub's code is.
#[derive(Clone)]
pub(crate) struct Target {
    /// The unit that defines it.
    pub unit: Arc<Unit>,
    /// Its index in the chunk's `sub_entries`.
    pub sub: u32,
    /// Op index of its entry.
    pub entry: usize,
}

impl Target {
    /// Index of the sub's body in the unit's analysis.
    pub fn body(&self) -> usize {
        self.sub as usize + 1
    }

    /// Checks that a call passes what the sub takes. Of a chunk of undeclared effects it is not known.
    pub fn check_arguments(&self, passed: usize) -> OpResult<()> {
        let body = self.unit.verified().analysis().bodies.get(self.body());
        let takes = body.map_or(0, |body| body.takes as usize);
        if passed >= takes {
            return Ok(());
        }
        let name = self.unit.body_name(self.body());
        let message = format!("passes {passed} arguments to `{name}`, which takes {takes}");
        Err(Fault::new(ErrorKind::Call, message))
    }
}

/// A sub by name: `None` until a chunk defines it.
pub(crate) struct Sub {
    /// Its name.
    pub name: Box<str>,
    /// Its newest definition.
    pub target: Option<Target>,
}

#[cold]
fn unknown_sub(name: &str) -> Fault {
    Fault::new(ErrorKind::Call, format!("no sub is named `{name}`"))
}

/// The error of calling what is no sub, builtin or name of a sub.
#[cold]
pub(crate) fn not_callable(callee: &Value) -> Fault {
    Fault::new(ErrorKind::Type, format!("a {} cannot be called", callee.kind_name()))
}

/// The VM's subs by name; a later definition replaces an earlier one.
#[derive(Default)]
pub(crate) struct Subs {
    ids: HashMap<Box<str>, u32>,
    /// The subs, by id.
    pub list: Vec<Sub>,
    /// Counts definitions, so that caches of targets know when they are stale.
    pub generation: u64,
}

impl Subs {
    /// The id of a name, which is added when it is new.
    pub fn id(&mut self, name: &str) -> u32 {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = self.list.len() as u32;
        self.ids.insert(name.into(), id);
        self.list.push(Sub { name: name.into(), target: None });
        id
    }

    /// The id of a name that is known.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.ids.get(name).copied()
    }

    /// The newest definition of a sub.
    pub fn target(&self, id: u32) -> OpResult<Target> {
        let sub = &self.list[id as usize];
        sub.target.clone().ok_or_else(|| unknown_sub(&sub.name))
    }

    /// The id of a name that must be known.
    pub fn known_id(&self, name: &str) -> OpResult<u32> {
        self.find(name).ok_or_else(|| unknown_sub(name))
    }

    /// The newest definition of the sub of a name.
    pub fn target_of(&self, name: &str) -> OpResult<Target> {
        self.target(self.known_id(name)?)
    }

    /// Defines a sub or replaces its definition.
    pub fn define(&mut self, id: u32, target: Target) {
        self.list[id as usize].target = Some(target);
        self.generation += 1;
    }

    /// Forgets every definition and name.
    pub fn clear(&mut self) {
        *self = Subs { generation: self.generation + 1, ..Subs::default() };
    }
}
