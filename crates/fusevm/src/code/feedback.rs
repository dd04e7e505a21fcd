//! What kinds of values instructions were seen to produce: what compilers specialise on.

use super::BodyCode;
use crate::value::{Value, tag};
use std::sync::atomic::{AtomicU16, Ordering};

/// Kinds of values: bit n stands for the kind with tag n.
pub(crate) type Kinds = u16;

/// Bit of an instruction that was executed under observation.
pub(crate) const EXECUTED: u16 = 1 << 15;
/// Bit of an instruction from which an observation began.
const STARTED: u16 = 1 << 14;
/// Bit of a store that has made its array or hash longer.
pub(crate) const GREW: u16 = 1 << 13;
/// Bit of an instruction whose index was beyond the end of the shortest among the arrays that its loop indexes alike, or whose
/// key was a number apart from the consecutive ones with which the keys of its hash begin.
pub(crate) const UNEVEN: u16 = 1 << 12;
/// The bits of kinds.
pub(crate) const KINDS: Kinds = UNEVEN - 1;

const _: () = assert!(1 << tag::OBJ <= KINDS, "each tag has its bit");

/// Arguments of a sub whose kinds are noted.
pub(crate) const NOTED_ARGUMENTS: usize = 8;

/// The kinds seen in a unit's code, by all VMs of a thread that have it.
///
/// Only bits are added. Where two threads add at once one may be lost, which is as if it had not been observed.
pub(crate) struct Feedback {
    /// By instruction: kinds of the result, and the bits above.
    results: Box<[AtomicU16]>,
    /// By body: kinds of the arguments.
    arguments: Box<[[AtomicU16; NOTED_ARGUMENTS]]>,
}

fn add(cell: &AtomicU16, bits: u16) {
    cell.store(cell.load(Ordering::Relaxed) | bits, Ordering::Relaxed);
}

/// The kinds of a value alone.
fn kind(value: &Value) -> Kinds {
    1 << value.tag()
}

impl Feedback {
    pub(super) fn new(insts: usize, bodies: &[BodyCode]) -> Feedback {
        Feedback {
            results: (0..insts).map(|_| AtomicU16::new(0)).collect(),
            arguments: bodies.iter().map(|_| [const { AtomicU16::new(0) }; NOTED_ARGUMENTS]).collect(),
        }
    }

    /// Kinds that the result of an instruction had, with [`EXECUTED`], [`GREW`] and [`UNEVEN`]. For instructions without
    /// a [`dest`](super::Inst::dest) these bits alone.
    pub fn result(&self, inst: u32) -> u16 {
        self.results[inst as usize].load(Ordering::Relaxed) & !STARTED
    }

    #[cfg(test)]
    /// Kinds that an argument of a body had; none from [`NOTED_ARGUMENTS`] on.
    pub fn argument(&self, body: usize, argument: usize) -> Kinds {
        self.arguments[body].get(argument).map_or(0, |kinds| kinds.load(Ordering::Relaxed))
    }

    /// Notes that an instruction is executed.
    pub fn add_execution(&self, inst: u32) {
        add(&self.results[inst as usize], EXECUTED);
    }

    /// Notes what [`Feedback::result`] has given elsewhere.
    pub fn add_bits(&self, inst: u32, bits: u16) {
        add(&self.results[inst as usize], bits);
    }

    /// Notes a result of an instruction.
    pub fn add_result(&self, inst: u32, result: &Value) {
        add(&self.results[inst as usize], kind(result));
    }

    /// Notes the arguments of a call.
    pub fn add_arguments(&self, body: usize, arguments: &[Value]) {
        for (cell, argument) in self.arguments[body].iter().zip(arguments) {
            add(cell, kind(argument));
        }
    }
}
