//! Additions to accumulators, which the program of a worker logs instead of doing them; see [`crate::parallel`].

use super::Compiler;
use super::places::operator;
use crate::ast::{BinaryOp, Expr, Place};
use crate::parallel::{ADD_AT, Accumulator, Addition, Amount, scalar_log};
use crate::resolver::Types;
use fusevm::Op;

impl Compiler<'_> {
    /// Logs an expression that adds to an accumulator; false, with nothing done, when it is something else.
    pub(super) fn accumulate(&mut self, expr: &Expr) -> bool {
        let Some(plan) = self.plan else { return false };
        if self.scope.is_some() {
            return false;
        }
        let Some(Addition { place, amount }) = Addition::of(expr) else { return false };
        // Counts are counted as the program says.
        let logged = |list: &[Accumulator], number: usize| !list[number].counts;
        let scalar = match place {
            Place::Var(ident) => match plan.scalar(self.names.text(ident.name)) {
                Some(number) if logged(&plan.scalars, number) => Some(number),
                _ => return false,
            },
            Place::Element { array, subscripts } => match plan.array(self.names.text(array.name.name)) {
                Some(number) if logged(&plan.arrays, number) => {
                    self.emit(Op::LoadInt(number as i64));
                    let subject = self.array(array.name);
                    self.key(subject, subscripts);
                    None
                }
                _ => return false,
            },
            Place::Field(_) => return false,
        };
        match amount {
            Amount::Count(count) => self.emit(Op::LoadFloat(count)),
            // As an operand of arithmetic, which is what it is to the addition that is repeated.
            Amount::Value(value) => {
                self.value(value);
                if self.types(value) != Types::NUMBER {
                    self.emit(Op::LoadFloat(0.0));
                    self.emit(operator(BinaryOp::Add));
                }
            }
            Amount::Negated(value) => {
                self.emit(Op::LoadFloat(0.0));
                self.value(value);
                self.emit(operator(BinaryOp::Sub));
            }
        }
        match scalar {
            Some(number) => {
                let log = self.code.name(&scalar_log(number));
                self.emit(Op::ArrayPush(log));
            }
            None => {
                self.emit(Op::CallBuiltin(ADD_AT, 3));
                self.emit(Op::Pop);
            }
        }
        true
    }
}
