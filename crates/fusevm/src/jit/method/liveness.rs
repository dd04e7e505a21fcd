//! Which registers are live where: those that some path may read before it writes them.

use super::input::Input;
use crate::code::Opcode;

/// A set of registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registers(Box<[u64]>);

impl Registers {
    pub fn new(count: usize) -> Registers {
        Registers(vec![0; count.div_ceil(64)].into())
    }

    pub fn insert(&mut self, register: u16) {
        self.0[usize::from(register) / 64] |= 1 << (register % 64);
    }

    pub fn remove(&mut self, register: u16) {
        self.0[usize::from(register) / 64] &= !(1 << (register % 64));
    }

    pub fn contains(&self, register: u16) -> bool {
        self.0[usize::from(register) / 64] & 1 << (register % 64) != 0
    }

    /// Adds all of another set; whether that changed anything.
    pub fn add(&mut self, other: &Registers) -> bool {
        let mut changed = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            changed |= *theirs & !*mine != 0;
            *mine |= theirs;
        }
        changed
    }
}

/// The registers that are live before each instruction of a body, paths of errors included.
pub(crate) struct Liveness {
    start: u32,
    live: Vec<Registers>,
    /// Of those, the ones that the body's own instructions may read, where others may look at the body's slots.
    read: Option<Vec<Registers>>,
}

impl Liveness {
    pub fn new(input: &Input, body: u32) -> Liveness {
        let extent = input.extent(body);
        let layout = &input.bodies[body as usize];
        let mut live = Liveness::read(input, body);
        let mut read = None;
        if body == 0 || extent.clone().any(|at| shows_slots(input, at)) {
            // The slots can be read after the run, or by foreign code.
            let mut shown = Registers::new(layout.registers as usize);
            (0..layout.variables as u16).for_each(|register| shown.insert(register));
            read = Some(live.clone());
            live.iter_mut().for_each(|live| _ = live.add(&shown));
        }
        Liveness { start: extent.start, live, read }
    }

    /// The registers that the body's own instructions may read, before each of them.
    fn read(input: &Input, body: u32) -> Vec<Registers> {
        let extent = input.extent(body);
        let mut now = Registers::new(input.bodies[body as usize].registers as usize);
        let mut read = vec![now.clone(); extent.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for at in extent.clone().rev() {
                now.0.fill(0);
                input.each_successor(at, |next| {
                    if extent.contains(&next) {
                        now.add(&read[(next - extent.start) as usize]);
                    }
                });
                let inst = &input.insts[at as usize];
                inst.writes(&input.lists, |register| now.remove(register));
                inst.reads(&input.lists, |register| now.insert(register));
                if let Some(handler) = input.handlers.get(&at) {
                    now.add(&read[(handler - extent.start) as usize]);
                }
                changed |= read[(at - extent.start) as usize].add(&now);
            }
        }
        read
    }

    /// The registers that are live before an instruction.
    pub fn before(&self, at: u32) -> &Registers {
        &self.live[(at - self.start) as usize]
    }

    /// Whether a register is live before an instruction only because others than the body may look at it.
    pub fn is_only_shown(&self, register: u16, at: u32) -> bool {
        let place = (at - self.start) as usize;
        let read = self.read.as_ref().map(|read| &read[place]);
        read.is_some_and(|read| self.live[place].contains(register) && !read.contains(register))
    }
}

/// Whether foreign code that runs at an instruction may look at the frame's slots.
fn shows_slots(input: &Input, at: u32) -> bool {
    use Opcode::*;
    let op = input.insts[at as usize].op;
    matches!(op, CallDynamic | OpenScope | Iterate) || input.may_set_slots(at)
}
