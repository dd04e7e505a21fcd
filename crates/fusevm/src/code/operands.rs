//! Which registers an instruction reads, takes and writes: what liveness and profiles rest on.
//!
//! It all follows from the [`Form`]. What it does not tell:
//!
//! - The slots of a chunk's own frame can be read after the run, however it ends, and those of any frame by
//!   code of the host that runs during an instruction ([`Opcode::shows_slots`]).
//! - An instruction that fails writes nothing, but may have taken its operands, and done a part to what it
//!   reads and writes. The error may go on at a handler of the frame.
//! - Writing a register drops what it holds. A taken one that is not written owns no heap afterwards; it is
//!   Undef, or still the number or short string that it was.

use super::{Form, Inst, Lists, Opcode, Part, TAKE_FIRST, TAKE_SECOND, TAKE_THIRD};

/// What an instruction does with a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reads it, and leaves it as it is.
    Read,
    /// Reads it, after which it is dead.
    Take,
    /// Writes it, whatever it held.
    Write,
    /// Writes it on one of the ways on, and leaves it on the other.
    MayWrite,
}

/// What a field of an instruction is.
#[derive(Clone, Copy)]
enum Field {
    /// No register.
    Other,
    Dest,
    /// A source; the flag says whether it is taken.
    Source(u16),
    /// A source that is always taken.
    Taken,
    /// Read and written.
    Updated,
}

/// Which field holds the flags.
#[derive(Clone, Copy)]
enum Flags {
    B,
    C,
    Imm,
}

/// The fields `a`, `b` and `c` of a form, and where its flags are. Registers in a row are elsewhere.
const fn fields(form: Form) -> ([Field; 3], Flags) {
    use Field::{Dest, Other, Source, Taken, Updated};
    const FIRST: Field = Source(TAKE_FIRST);
    const SECOND: Field = Source(TAKE_SECOND);
    const THIRD: Field = Source(TAKE_THIRD);
    match form {
        Form::None | Form::J | Form::Imm => ([Other; 3], Flags::C),
        Form::D | Form::DImm | Form::DK | Form::DFK | Form::DList => ([Dest, Other, Other], Flags::C),
        Form::DR | Form::DRK | Form::DRI | Form::DRF => ([Dest, FIRST, Other], Flags::C),
        Form::DRR => ([Dest, FIRST, SECOND], Flags::Imm),
        Form::DKR => ([Dest, Other, FIRST], Flags::B),
        Form::R | Form::RImm | Form::JR | Form::JRI => ([FIRST, Other, Other], Flags::C),
        Form::RR => ([FIRST, SECOND, Other], Flags::Imm),
        Form::RRK | Form::RRI | Form::JRR => ([FIRST, SECOND, Other], Flags::C),
        Form::RRR => ([FIRST, SECOND, THIRD], Flags::Imm),
        Form::GR => ([Other, FIRST, Other], Flags::C),
        Form::UU | Form::UUImm => ([Updated, Updated, Other], Flags::C),
        Form::UR => ([Updated, FIRST, Other], Flags::Imm),
        Form::URR => ([Updated, FIRST, SECOND], Flags::Imm),
        Form::JUR => ([Updated, SECOND, Other], Flags::C),
        Form::JUI => ([Updated, Other, Other], Flags::C),
        Form::DUList => ([Dest, Updated, Other], Flags::C),
        Form::OpU => ([Dest, Other, Updated], Flags::C),
        Form::Call | Form::CallDynamic => ([Other, Other, Dest], Flags::C),
        Form::Iterate | Form::BlockEnd => ([Taken, Other, Other], Flags::C),
        Form::Op | Form::TailCall | Form::Range | Form::List => ([Other; 3], Flags::C),
    }
}

impl Inst {
    /// The register that gets the instruction's result, when there is one result.
    pub fn dest(&self) -> Option<u16> {
        match self.op.form() {
            Form::JUR | Form::JUI => Some(self.a),
            Form::Op if self.c == 1 => Some(self.a),
            Form::Iterate => Some(self.c),
            form => {
                let dest = fields(form).0.iter().position(|field| matches!(field, Field::Dest))?;
                Some([self.a, self.b, self.c][dest])
            }
        }
    }

    /// Each access to a register, reads first. A register may be named more than once.
    pub fn accesses(&self, lists: &Lists, mut access: impl FnMut(u16, Access)) {
        let (fields, flags) = fields(self.op.form());
        let flags = match flags {
            Flags::B => self.b,
            Flags::C => self.c,
            Flags::Imm => self.imm as u16,
        };
        let registers = fields.into_iter().zip([self.a, self.b, self.c]);
        for (field, register) in registers.clone() {
            match field {
                Field::Source(flag) if flags & flag != 0 => access(register, Access::Take),
                Field::Source(_) | Field::Updated => access(register, Access::Read),
                Field::Taken => access(register, Access::Take),
                Field::Dest | Field::Other => {}
            }
        }
        self.rows(lists, &mut access);
        for (field, register) in registers {
            if let Field::Dest | Field::Updated = field {
                access(register, Access::Write);
            }
        }
    }

    /// The accesses to registers that no field names by itself.
    fn rows(&self, lists: &Lists, access: &mut impl FnMut(u16, Access)) {
        let mut row = |first: u16, count: u16, kind| {
            (first..first + count).for_each(|register| access(register, kind));
        };
        match self.op.form() {
            Form::Op => {
                row(self.a, self.b, Access::Take);
                row(self.a, self.c, Access::Write);
            }
            Form::OpU | Form::Call | Form::TailCall => row(self.a, self.b, Access::Take),
            Form::CallDynamic => row(self.a, self.b + 1, Access::Take),
            Form::Range => row(self.a, self.b, Access::Write),
            Form::List | Form::DList | Form::DUList => {
                for printed in &lists.parts[self.imm as usize] {
                    match *printed {
                        Part::Register(register, true) | Part::FieldAt(register, true) => {
                            access(register, Access::Take);
                        }
                        Part::Register(register, false) | Part::FieldAt(register, false) => {
                            access(register, Access::Read);
                        }
                        Part::Field(_) | Part::Constant(_) => {}
                    }
                }
            }
            Form::Iterate | Form::BlockEnd => {
                // The block gets its next element, or pair, or else the walk its result.
                let block = &lists.blocks[self.imm as usize];
                row(block.base as u16, block.elements, Access::MayWrite);
                row(block.dest, 1, Access::MayWrite);
            }
            _ => {}
        }
    }

    /// The registers whose values the instruction depends on.
    pub fn reads(&self, lists: &Lists, mut read: impl FnMut(u16)) {
        self.accesses(lists, |register, access| {
            if let Access::Read | Access::Take = access {
                read(register);
            }
        });
    }

    /// The registers that hold other values afterwards, whichever way the instruction leads.
    pub fn writes(&self, lists: &Lists, mut write: impl FnMut(u16)) {
        self.accesses(lists, |register, access| {
            if access == Access::Write {
                write(register);
            }
        });
    }

    /// The register of the index, of an instruction that works on the element at one.
    pub fn index_register(&self) -> Option<u16> {
        match self.op {
            Opcode::ArrayGet | Opcode::IndexGet | Opcode::ArraySet => Some(self.c),
            Opcode::IndexSet => Some(self.b),
            _ => None,
        }
    }

    /// The registers that are dead afterwards.
    pub fn takes(&self, lists: &Lists, mut take: impl FnMut(u16)) {
        self.accesses(lists, |register, access| {
            let mut is_written = false;
            if access == Access::Take {
                self.writes(lists, |written| is_written |= written == register);
                if !is_written {
                    take(register);
                }
            }
        });
    }
}
