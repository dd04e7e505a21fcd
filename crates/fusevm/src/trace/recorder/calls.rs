//! Calls and returns: the trace goes on in the callee's frame, which only an exit makes real.

use super::writer::Writer;
use super::{Abort, Moved, type_of_tag};
use crate::code::{Inst, Opcode};
use crate::trace::ir::{Frame, Ins};
use crate::trace::ops::Op;
use crate::value::tag;

impl Writer<'_> {
    /// A call that the interpreter has entered.
    pub fn call(&mut self, inst: Inst) -> Result<(), Abort> {
        let Moved::Entered { body } = self.seen.moved else {
            return Err("a call that leaves the code of the chunk".to_string());
        };
        let callee = &self.input.bodies[body as usize];
        if callee.takes != u32::from(inst.b) {
            return Err("a call with more arguments than the sub takes".to_string());
        }
        let nested = self.recording.frames.iter().filter(|frame| frame.body == body).count() as u32;
        if nested >= self.recording.settings.recursion {
            return Err("a recursion that is too deep to be inlined".to_string());
        }
        let window = self.recording.register(inst.a);
        let undef = self.undef_value();
        for register in callee.takes..callee.variables {
            // Temporaries that are dead own no heap.
            self.emit(Ins::new(Op::StoreRegister, &[undef]).imm(window + register as i32));
        }
        let return_inst = self.seen.at + 1;
        let recording = &mut self.recording;
        recording.frames.push(Frame { unit: 0, body, return_inst, window });
        recording.window = window;
        recording.deepest = recording.deepest.max(recording.frames.len() as u32);
        recording.registers = recording.registers.max(window as u32 + callee.registers);
        let entry = recording.snapshot(callee.entry);
        self.emit(Ins::new(Op::Poll, &[]).at(entry));
        Ok(())
    }

    /// A return to a frame of the trace.
    pub fn leave_sub(&mut self, inst: Inst) -> Result<(), Abort> {
        if self.seen.moved != Moved::Left {
            return Err("a return out of the trace".to_string());
        }
        let Some(frame) = self.recording.frames.last().copied() else {
            return Err("a return out of the trace".to_string());
        };
        let call = self.input.insts[frame.return_inst as usize - 1];
        let body = &self.input.bodies[frame.body as usize];
        let outer = self.recording.frames.len().checked_sub(2).map(|at| self.recording.frames[at].window);
        let dest = outer.unwrap_or(0) + i32::from(call.c);
        let (source, result) = match inst.op {
            Opcode::Return => {
                if type_of_tag(self.tag_of(inst.a)).is_none() {
                    return Err("a return of a value of a kind that traces do not have".to_string());
                }
                (Some(inst.a), self.load(inst.a))
            }
            _ => (None, self.undef_value()),
        };
        let is_borrowed = self.recording.trace.ty(result).is_borrowed();
        let inside = dest - frame.window;
        let stays = source.is_some_and(|source| is_borrowed && i32::from(source) == inside);
        // All checks first.
        let variables = inst.imm as u16;
        let window = frame.window;
        let owners: Vec<i32> = (0..variables)
            .filter(|register| self.tag_of(*register) >= tag::STR)
            .map(|register| window + i32::from(register))
            .collect();
        for register in 0..variables {
            let tag = self.tag_of(register);
            if tag < tag::STR && source != Some(register) {
                self.free_place(window + i32::from(register), tag);
            }
        }
        let is_variable = (0..i32::from(variables)).contains(&inside);
        if !stays && !is_variable {
            // Beyond the variables the callee has temporaries only, which are dead.
            let tag = if inside >= 0 { tag::UNDEF } else { self.seen.returned_over };
            if inside < 0 {
                self.free_place(dest, tag);
            }
        } else if !stays && owners.contains(&dest) {
            self.emit(Ins::new(Op::DropRegister, &[]).imm(dest));
        }
        if is_borrowed && !stays {
            self.emit(Ins::new(Op::StoreRegister, &[result]).imm(dest));
            let source = source.map_or(dest, |source| window + i32::from(source));
            self.emit(Ins::new(Op::DropRegister, &[]).imm(source));
        }
        let source = source.map_or(-1, |source| window + i32::from(source));
        for owner in owners {
            if owner != dest && !(is_borrowed && owner == source) {
                self.emit(Ins::new(Op::DropRegister, &[]).imm(owner));
            }
        }
        if !is_borrowed {
            self.emit(Ins::new(Op::StoreRegister, &[result]).imm(dest));
        }
        for register in 0..body.registers as i32 {
            if window + register != dest {
                self.emit(Ins::new(Op::KillRegister, &[]).imm(window + register));
            }
        }
        self.recording.frames.pop();
        self.recording.window = outer.unwrap_or(0);
        Ok(())
    }
}
