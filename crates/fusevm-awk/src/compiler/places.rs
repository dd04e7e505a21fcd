//! Variables, elements and fields: reading, assigning, and changing in place.
//!
//! As in gawk, the right side of an assignment is evaluated before the subscripts or the field number of the left side.

use super::{Array, Compiler, Scalar};
use crate::ast::{BinaryOp, Expr, ExprKind, Ident, Place, StepOp};
use crate::builtins::{Builtin, Param};
use crate::specials::Special;
use fusevm::{Op, awk_builtins};

/// A place whose subscripts or field number, if it has any, are on the stack as one key.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Scalar(Scalar),
    Element(Array, Ident),
    Field,
}

impl Target {
    /// Whether a key stands on the stack for it.
    pub fn has_key(self) -> bool {
        !matches!(self, Target::Scalar(_))
    }
}

impl Compiler<'_> {
    pub(super) fn load(&mut self, scalar: Scalar) {
        match scalar {
            Scalar::Slot(slot) => self.emit(Op::GetSlot(slot)),
            Scalar::Global(name) => self.emit(Op::GetVar(name)),
            Scalar::Special(Special::Nf, _) => self.emit(Op::AwkNf),
            Scalar::Special(_, name) => self.emit(Op::AwkSpecialGet(name)),
        }
    }

    pub(super) fn store(&mut self, scalar: Scalar) {
        match scalar {
            Scalar::Slot(slot) => self.emit(Op::SetSlot(slot)),
            Scalar::Global(name) => self.emit(Op::SetVar(name)),
            Scalar::Special(special, name) => {
                self.emit(Op::AwkSpecialSet(name));
                let splits = matches!(special, Special::Fs | Special::Fpat | Special::Fieldwidths);
                if splits && self.resolution.facts.mentions_procinfo {
                    self.call_builtin(awk_builtins::UPDATE_PROCINFO, 0);
                    self.emit(Op::Pop);
                }
            }
        }
    }

    /// Pushes the value of a place.
    pub(super) fn read(&mut self, place: &Place) {
        match place {
            Place::Var(ident) => {
                let scalar = self.scalar(*ident);
                self.load(scalar);
                self.lint_read(*ident);
                self.check_scalar(*ident);
            }
            Place::Element { array, subscripts } => {
                let reached = self.array_ref(array);
                self.key(reached, subscripts);
                self.get_element(reached, array.name);
            }
            Place::Field(index) => {
                self.index_value(index);
                self.lint_field();
                self.emit(Op::AwkFieldGet);
            }
        }
    }

    /// Pushes the key of a place, if it has one.
    pub(super) fn target(&mut self, place: &Place) -> Target {
        match place {
            Place::Var(ident) => {
                self.check_assignable(*ident);
                Target::Scalar(self.scalar(*ident))
            }
            Place::Element { array, subscripts } => {
                let reached = self.array_ref(array);
                self.key(reached, subscripts);
                Target::Element(reached, array.name)
            }
            Place::Field(index) => {
                self.index_value(index);
                Target::Field
            }
        }
    }

    /// `[key] -> v`, for a place that is written next.
    fn get(&mut self, target: Target) {
        match target {
            Target::Scalar(scalar) => self.load(scalar),
            Target::Element(array, name) => self.peek_element(array, name),
            Target::Field => self.emit(Op::AwkFieldGet),
        }
    }

    /// `value [key] ->`
    pub(super) fn set(&mut self, target: Target) {
        match target {
            Target::Scalar(scalar) => self.store(scalar),
            Target::Element(array, name) => {
                if self.sandbox && self.names.text(name.name) == "ARGV" {
                    // value key -> value key
                    self.emit(Op::Swap);
                    self.call_builtin(awk_builtins::ADMIT_OPERAND, 1);
                    self.emit(Op::Swap);
                }
                self.set_element(array, name);
            }
            Target::Field => self.emit(Op::AwkFieldSet),
        }
    }

    /// `[key] value -> value`, storing it; without `keep`, `[key] value ->`.
    fn set_above_key(&mut self, target: Target, keep: bool) {
        match (target.has_key(), keep) {
            (false, false) => {}
            (false, true) => self.emit(Op::Dup),
            (true, false) => self.emit(Op::Swap),
            (true, true) => {
                self.emit(Op::Dup);
                self.emit(Op::Rot);
            }
        }
        self.set(target);
    }

    /// `place = value`; with `keep` the value stays on the stack.
    pub(super) fn assign(&mut self, place: &Place, value: &Expr, keep: bool) {
        if !keep && self.grow_element(place, value) {
            return;
        }
        match place {
            Place::Var(ident) => self.next_value(*ident, value),
            _ => self.value(value),
        }
        if keep {
            self.emit(Op::Dup);
        }
        let target = self.target(place);
        if let Target::Scalar(scalar) = target {
            self.lint_separator(scalar);
            if self.store_lint(place, scalar) {
                return;
            }
        }
        if self.is_dynamic(place) {
            self.settled_value(value);
        }
        self.set(target);
    }

    /// The value that a variable gets, which may be its old one made longer.
    fn next_value(&mut self, ident: Ident, value: &Expr) {
        match &value.kind {
            ExprKind::Concat(parts) if begins_with(parts, ident) => self.extended(ident, parts),
            ExprKind::Group(inner) => self.next_value(ident, inner),
            ExprKind::Conditional { condition, yes, no } => {
                let value = |this: &mut Self, value: &Expr| this.next_value(ident, value);
                self.conditional(condition, yes, no, value);
            }
            _ => self.value(value),
        }
    }

    /// The text that a variable becomes by having others put behind it, `s = s x y`: they are joined first, and then the
    /// variable's own text is taken out of it, which can grow where it is.
    fn extended(&mut self, ident: Ident, parts: &[Expr]) {
        let [own, others @ ..] = parts else { return };
        let scalar = self.scalar(ident);
        let may_take = match scalar {
            // The engine sees by itself that the slot is the first operand and the result.
            Scalar::Slot(_) => !matches!(others, [other] if is_plain(other)) || !self.types(own).is_text(),
            Scalar::Global(_) => true,
            Scalar::Special(..) => false,
        };
        if !may_take || self.is_dynamic(&Place::Var(ident)) || !others.iter().all(changes_nothing) {
            self.text(own);
            self.concat(others);
            self.emit(Op::Concat);
            return;
        }
        self.concat(others);
        self.value(own);
        self.emit(Op::LoadUndef);
        self.store(scalar);
        if !self.types(own).is_text() {
            self.emit(Op::AwkToStr);
        }
        self.emit(Op::Swap);
        self.emit(Op::Concat);
    }

    /// Assigns an element the text that it becomes by having others put behind it, `a[k] = a[k] x y`: they are joined, and then it grows
    /// where it is. False, and nothing is done, when it is assigned something else, or the parts could tell the difference.
    fn grow_element(&mut self, place: &Place, value: &Expr) -> bool {
        let Place::Element { array, subscripts } = place else { return false };
        let value = value.ungrouped();
        if let ExprKind::Conditional { condition, yes, no } = &value.kind {
            let may_grow = [yes, no].iter().any(|way| appended(place, way).is_some());
            if may_grow {
                let assign = |this: &mut Self, value: &Expr| this.assign(place, value, false);
                self.conditional(condition, yes, no, assign);
            }
            return may_grow;
        }
        let Some(others) = appended(place, value) else { return false };
        if self.lints || self.sandbox || !array.path.is_empty() {
            return false;
        }
        let reached = self.array(array.name);
        if self.is_checked(reached) {
            return false;
        }
        self.concat(others);
        self.key(reached, subscripts);
        self.append_to_element(reached);
        true
    }

    /// The target of a variable, which nothing is checked of.
    pub(super) fn plain_target(&mut self, place: &Place) -> Option<Target> {
        match place {
            Place::Var(ident) => Some(Target::Scalar(self.scalar(*ident))),
            Place::Element { .. } | Place::Field(_) => None,
        }
    }

    /// `place op= value`
    pub(super) fn update(&mut self, op: BinaryOp, place: &Place, value: &Expr, keep: bool) {
        if let Place::Var(ident) = place
            && is_plain(value)
        {
            // The order does not show; this one has the operands where the operator wants them.
            self.check_assignable(*ident);
            let scalar = self.scalar(*ident);
            self.load(scalar);
            self.lint_read(*ident);
            self.value(value);
            self.emit(operator(op));
            self.set_above_key(Target::Scalar(scalar), keep);
            return;
        }
        self.value(value);
        let target = self.target(place);
        if target.has_key() {
            self.emit(Op::Dup);
            self.get(target);
            // value key old -> key old value
            self.emit(Op::Rot);
        } else {
            self.get(target);
            self.emit(Op::Swap);
        }
        self.emit(operator(op));
        self.set_above_key(target, keep);
    }

    /// `++place`, `place--` and their like; with `keep` the value, which `prefix` picks, stays on the stack.
    pub(super) fn step(&mut self, op: StepOp, prefix: bool, place: &Place, keep: bool) {
        let op = match op {
            StepOp::Increment => Op::Inc,
            StepOp::Decrement => Op::Dec,
        };
        let target = self.target(place);
        if target.has_key() {
            self.emit(Op::Dup);
        }
        self.get(target);
        if let Place::Var(ident) = place {
            self.lint_read(*ident);
        }
        if prefix || !keep {
            self.emit(op);
            self.set_above_key(target, keep);
            return;
        }
        // [key] old -> old, with old as a number.
        self.emit(Op::AwkToNum);
        self.emit(Op::Dup);
        self.emit(op);
        if target.has_key() {
            // key old new -> old new key
            self.emit(Op::Rot);
        }
        self.set(target);
    }
}

pub(super) fn operator(op: BinaryOp) -> Op {
    match op {
        BinaryOp::Add => Op::Add,
        BinaryOp::Sub => Op::Sub,
        BinaryOp::Mul => Op::Mul,
        BinaryOp::Div => Op::AwkDiv,
        BinaryOp::Mod => Op::AwkMod,
        BinaryOp::Pow => Op::PowFloat,
    }
}

/// Whether the first of the parts is a variable.
fn begins_with(parts: &[Expr], ident: Ident) -> bool {
    let first = parts.first().map(|part| &part.kind);
    matches!(first, Some(ExprKind::Place(place)) if matches!(**place, Place::Var(var) if var.name == ident.name))
}

/// What an expression puts behind the text of an element, if it does no more than that: it gives the same before and after the
/// element is looked at, and so do the subscripts.
fn appended<'a>(place: &Place, value: &'a Expr) -> Option<&'a [Expr]> {
    let ExprKind::Concat(parts) = &value.ungrouped().kind else { return None };
    let [own, others @ ..] = &parts[..] else { return None };
    let ExprKind::Place(own) = &own.ungrouped().kind else { return None };
    let mut is_steady = own.is_like(place) && others.iter().all(only_looks);
    place.each_part(&mut |subscript| is_steady = is_steady && only_looks(subscript));
    is_steady.then_some(others)
}

/// Whether an expression gives the same when it is evaluated again, and does not see which elements there are.
fn only_looks(expr: &Expr) -> bool {
    let this = match &expr.kind {
        ExprKind::Assign { .. }
        | ExprKind::Step { .. }
        | ExprKind::Call { .. }
        | ExprKind::IndirectCall { .. }
        | ExprKind::Getline { .. }
        | ExprKind::In { .. } => false,
        ExprKind::Builtin { function, args } => {
            use Builtin::{Index, Int, Length, Sprintf, Substr, Tolower, Toupper};
            let is_name = |arg: &Expr| matches!(&arg.ungrouped().kind, ExprKind::Place(place) if matches!(**place, Place::Var(_)));
            match function {
                Index | Int | Sprintf | Substr | Tolower | Toupper => true,
                // A name may be that of an array.
                Length => !args.iter().any(is_name),
                _ => false,
            }
        }
        _ => true,
    };
    let mut all = this;
    expr.each_part(&mut |part| all = all && only_looks(part));
    all
}

/// Whether an expression, all of it, changes no variable.
fn changes_nothing(expr: &Expr) -> bool {
    let this = match &expr.kind {
        ExprKind::Assign { .. }
        | ExprKind::Step { .. }
        | ExprKind::Call { .. }
        | ExprKind::IndirectCall { .. }
        | ExprKind::Getline { .. } => false,
        ExprKind::Builtin { function, args } => {
            let fills = |index| matches!(function.param(index), Some(Param::Array | Param::Target));
            !(0..args.len()).any(fills)
        }
        _ => true,
    };
    let mut all = this;
    expr.each_part(&mut |part| all = all && changes_nothing(part));
    all
}

/// Whether an expression changes no variable, record or array, as far as a glance tells.
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::Str(_) | ExprKind::Regex(_) | ExprKind::TypedRegex(_) => true,
        ExprKind::Place(place) => match &**place {
            Place::Var(_) => true,
            Place::Element { array, subscripts } => {
                subscripts.iter().chain(array.path.iter().flatten()).all(is_plain)
            }
            Place::Field(index) => is_plain(index),
        },
        ExprKind::Group(inner) | ExprKind::Unary(_, inner) => is_plain(inner),
        ExprKind::Binary { first, rest } => {
            is_plain(first) && rest.iter().all(|(_, operand)| is_plain(operand))
        }
        ExprKind::Concat(parts) => parts.iter().all(is_plain),
        _ => false,
    }
}
