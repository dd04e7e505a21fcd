//! Globals and subs by name: names are resolved when a chunk is loaded, ops hold indices.

use crate::awk_host::Addends;
use crate::value::Value;
use std::collections::HashMap;

/// The VM's globals: one value a name, shared by all chunks that run in the VM.
#[derive(Default)]
pub(crate) struct Globals {
    indices: HashMap<Box<str>, u32>,
    /// The values, by index.
    pub values: Vec<Value>,
    /// What was noted to be added to them, by index.
    pub addends: Vec<Addends>,
}

impl Globals {
    /// The index of a name, which is added when it is new.
    pub fn index(&mut self, name: &str) -> u32 {
        if let Some(index) = self.indices.get(name) {
            return *index;
        }
        let index = self.values.len() as u32;
        self.indices.insert(name.into(), index);
        self.values.push(Value::Undef);
        self.addends.push(Addends::default());
        index
    }

    /// The value of a name, if a chunk or the embedder has used the name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.indices.get(name).map(|index| &self.values[*index as usize])
    }
}

/// What a scope or a sub must put back when it ends.
pub(crate) enum Saved {
    /// A PushFrame.
    Scope,
    /// A DeclareVar: the global's index and old value.
    Global(u32, Value),
}

/// The stack of saved globals.
#[derive(Default)]
pub(crate) struct SavedGlobals(Vec<Saved>);

impl SavedGlobals {
    /// Position to which [`SavedGlobals::restore`] returns.
    pub fn mark(&self) -> usize {
        self.0.len()
    }

    /// Opens a scope.
    pub fn open_scope(&mut self) {
        self.0.push(Saved::Scope);
    }

    /// Saves a global's value for the end of the innermost scope, and sets it.
    pub fn declare(&mut self, globals: &mut Globals, index: u32, value: Value) {
        let old = std::mem::replace(&mut globals.values[index as usize], value);
        self.0.push(Saved::Global(index, old));
    }

    /// Closes the innermost scope.
    pub fn close_scope(&mut self, globals: &mut Globals) {
        while let Some(Saved::Global(index, old)) = self.0.pop() {
            globals.values[index as usize] = old;
        }
    }

    /// Undoes everything above a mark.
    pub fn restore(&mut self, globals: &mut Globals, mark: usize) {
        while self.0.len() > mark {
            if let Some(Saved::Global(index, old)) = self.0.pop() {
                globals.values[index as usize] = old;
            }
        }
    }

    /// Closes scopes above a mark until only `scopes` of them are open.
    pub fn unwind_scopes(&mut self, globals: &mut Globals, mark: usize, scopes: usize) {
        let open = |saved: &[Saved]| saved[mark..].iter().filter(|s| matches!(s, Saved::Scope)).count();
        while open(&self.0) > scopes {
            self.close_scope(globals);
        }
    }
}
