//! Additions to accumulators, which the program of a worker notes instead of doing them; see [`crate::parallel`].

use super::{Array, Compiler};
use crate::ast::{Expr, Place};
use crate::parallel::{Accumulator, Addition, Amount, addends_of};
use fusevm::Op;

impl Compiler<'_> {
    /// Notes what an expression adds to an accumulator; false, with nothing done, when it is something else.
    pub(super) fn accumulate(&mut self, expr: &Expr) -> bool {
        let Some(plan) = self.plan else { return false };
        if self.scope.is_some() {
            return false;
        }
        let Some(Addition { place, amount }) = Addition::of(expr) else { return false };
        // What is counted is counted as the program says.
        let is_noted = |list: &[Accumulator], name: &str| {
            list.iter().any(|accumulator| accumulator.name == name && !accumulator.counts)
        };
        match place {
            Place::Var(ident) if is_noted(&plan.scalars, self.names.text(ident.name)) => {
                self.amount(amount);
                let name = self.code.name(&addends_of(self.names.text(ident.name)));
                self.emit(Op::AwkAddend(name));
            }
            Place::Element { array, subscripts }
                if is_noted(&plan.arrays, self.names.text(array.name.name)) =>
            {
                self.amount(amount);
                let name = self.code.name(&addends_of(self.names.text(array.name.name)));
                self.key(Array::Global(name), subscripts);
                self.emit(Op::AwkElementAddend(name));
            }
            _ => return false,
        }
        true
    }

    /// Pushes what is added.
    fn amount(&mut self, amount: Amount) {
        match amount {
            Amount::Count(count) => self.emit(Op::LoadFloat(count)),
            Amount::Value(value) => self.value(value),
            Amount::Negated(value) => {
                // Unlike a negation, this leaves the sign of a NaN, as the subtraction does; and that of zero is right too.
                self.emit(Op::LoadFloat(-0.0));
                self.value(value);
                self.emit(Op::Sub);
            }
        }
    }
}
