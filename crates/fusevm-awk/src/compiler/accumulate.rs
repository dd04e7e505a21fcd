//! Additions to accumulators, which the program of a worker logs instead of doing them; see [`crate::parallel`].

use super::Compiler;
use crate::ast::{Expr, Place};
use crate::parallel::{Addition, Amount, builtins};
use fusevm::Op;

impl Compiler<'_> {
    /// Logs an expression that adds to an accumulator; false, with nothing done, when it is something else.
    pub(super) fn accumulate(&mut self, expr: &Expr) -> bool {
        let Some(plan) = self.plan else { return false };
        if self.scope.is_some() {
            return false;
        }
        let Some(Addition { place, amount }) = Addition::of(expr) else { return false };
        let is_count = matches!(amount, Amount::Count(_));
        let (builtin, values) = match place {
            Place::Var(ident) => {
                let Some(number) = plan.scalar(self.names.text(ident.name)) else { return false };
                self.emit(Op::LoadInt(number as i64));
                let counts = is_count && plan.scalars[number].counts;
                (if counts { builtins::COUNT } else { builtins::ADD }, 2)
            }
            Place::Element { array, subscripts } => {
                let Some(number) = plan.array(self.names.text(array.name.name)) else { return false };
                self.emit(Op::LoadInt(number as i64));
                let subject = self.array(array.name);
                self.key(subject, subscripts);
                let counts = is_count && plan.arrays[number].counts;
                (if counts { builtins::COUNT_AT } else { builtins::ADD_AT }, 3)
            }
            Place::Field(_) => return false,
        };
        match amount {
            Amount::Count(count) => self.emit(Op::LoadFloat(count)),
            Amount::Value(value) => self.number(value),
            Amount::Negated(value) => {
                self.number(value);
                self.emit(Op::Negate);
            }
        }
        self.emit(Op::CallBuiltin(builtin, values));
        self.emit(Op::Pop);
        true
    }
}
