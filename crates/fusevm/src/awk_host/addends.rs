//! What a program notes to be added later, in place of adding it.

/// Numbers that are to be added to a global, or to the elements of one that is an array, in the order in which they
/// were noted.
///
/// A sum of floats depends on the order of its additions. A program of which several VMs run parts can note what each
/// part adds, and have it added up as one VM would. [`VM::swap_addends`](crate::VM::swap_addends) gives what was noted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Addends {
    /// The numbers.
    pub numbers: Vec<f64>,
    /// For each number, the position of its element in the global's hash, if it is for an element.
    pub positions: Vec<u32>,
}

impl Addends {
    /// Notes a number for an element.
    #[inline]
    pub(crate) fn note(&mut self, position: usize, number: f64) {
        self.positions.push(position as u32);
        self.numbers.push(number);
    }

    /// Forgets all of them, and keeps the memory.
    pub fn clear(&mut self) {
        self.numbers.clear();
        self.positions.clear();
    }
}
