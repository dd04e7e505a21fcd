//! Ops, labels and pools, over the chunk builder.

use fusevm::chunk::{Const, IntegerMode};
use fusevm::{Chunk, ChunkBuilder, Op};
use std::collections::HashMap;

/// A place in the code that jumps may name before it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(usize);

pub(super) struct Assembly {
    builder: ChunkBuilder,
    /// Source line of the ops that are emitted.
    pub line: u32,
    /// For each label, where it stands, once that is known.
    labels: Vec<Option<usize>>,
    /// Jumps, and the label that each goes to.
    jumps: Vec<(usize, Label)>,
    strings: HashMap<Vec<u8>, u16>,
}

impl Assembly {
    pub fn new(source: &str) -> Self {
        let mut builder = ChunkBuilder::new();
        builder.set_source(source);
        builder.set_integer_mode(IntegerMode::Float);
        builder.set_div_zero_error(true);
        Assembly { builder, line: 0, labels: Vec::new(), jumps: Vec::new(), strings: HashMap::new() }
    }

    pub fn emit(&mut self, op: Op) {
        self.builder.emit(op, self.line);
    }

    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    /// Emits a jump; `op` makes it from its target.
    pub fn jump(&mut self, op: fn(usize) -> Op, to: Label) {
        let at = self.builder.emit(op(0), self.line);
        self.jumps.push((at, to));
    }

    /// The label stands here.
    pub fn bind(&mut self, label: Label) {
        self.labels[label.0] = Some(self.builder.current_pos());
    }

    /// A label that stands here.
    pub fn here(&mut self) -> Label {
        let label = self.label();
        self.bind(label);
        label
    }

    /// The index of the next op.
    pub fn position(&self) -> usize {
        self.builder.current_pos()
    }

    /// A sub of that name begins here.
    pub fn begin_sub(&mut self, name: &str) {
        let name = self.name(name);
        let here = self.builder.current_pos();
        self.builder.add_sub_entry(name, here);
    }

    pub fn name(&mut self, text: &str) -> u16 {
        self.builder.add_name(text)
    }

    /// Pushes a string constant.
    pub fn string(&mut self, text: &[u8]) {
        let index = self.text(text);
        self.emit(Op::LoadConst(index));
    }

    /// The index of a text among the constants.
    pub fn text(&mut self, text: &[u8]) -> u16 {
        match self.strings.get(text) {
            Some(&index) => index,
            None => {
                let index = self.builder.add_constant(Const::str(text));
                self.strings.insert(text.to_vec(), index);
                index
            }
        }
    }

    /// The chunk with all jumps set.
    ///
    /// # Errors
    /// Why the builder could not make it.
    pub fn finish(mut self) -> Result<Chunk, String> {
        for (at, label) in self.jumps {
            let target = self.labels[label.0].unwrap_or(self.builder.current_pos());
            self.builder.patch_jump(at, target);
        }
        self.builder.try_build().map_err(|error| error.to_string())
    }
}
