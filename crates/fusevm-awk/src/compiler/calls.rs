//! Calls: functions of the program, and built-in ones. The parser has checked the number and the form of the arguments
//! of built-in functions, the resolver the calls of the program's own.

use super::Compiler;
use super::places::Target;
use super::program::sub_name;
use crate::ast::{Expr, ExprKind, Ident};
use crate::builtins::Builtin;
use crate::parser::bare_name;
use crate::resolver::Kind;
use crate::source::Span;
use fusevm::{Op, awk_builtins};

impl Compiler<'_> {
    /// Pushes the result of a user-defined function. A call passes every parameter: arrays as cells, and for missing
    /// arguments a new array or nothing.
    pub(super) fn call(&mut self, function: Ident, args: &[Expr], span: Span) {
        let Some(id) = self.resolution.function(function.name) else { return };
        let param_count = self.resolution.functions[id.index()].params.len();
        for index in 0..param_count {
            let kind = self.resolution.functions[id.index()].params[index].kind;
            match args.get(index) {
                Some(arg) => self.argument(function, kind, arg),
                None if kind == Kind::Array => self.new_cell(),
                None => self.emit(Op::LoadUndef),
            }
        }
        self.at(span);
        let count = self.count(param_count, span);
        let name = self.code.name(&sub_name(self.names.text(function.name)));
        self.emit(Op::Call(name, count));
    }

    /// Pushes a cell with an empty array.
    fn new_cell(&mut self) {
        self.emit(Op::MakeHash(0));
        self.emit(Op::RefNew);
    }

    fn argument(&mut self, function: Ident, wanted: Kind, arg: &Expr) {
        let Some(ident) = bare_name(arg) else { return self.value(arg) };
        match (self.kind(ident), wanted) {
            (Kind::Array, Kind::Array | Kind::Unknown) => self.array_argument(ident),
            (Kind::Array, Kind::Scalar) => self.refuse_argument(function, ident, "array", "a scalar"),
            (_, Kind::Array) => {
                // A variable that has no value yet can be an array for the callee; nobody else sees it.
                let unset = self.code.label();
                self.text(arg);
                self.code.string(b"");
                self.emit(Op::StrEq);
                self.code.jump(Op::JumpIfTrue, unset);
                self.refuse_argument(function, ident, "scalar", "an array");
                self.code.bind(unset);
                self.new_cell();
            }
            _ => self.value(arg),
        }
    }

    /// Ends the run: an argument that is of the wrong kind, should the call come to pass.
    fn refuse_argument(&mut self, function: Ident, variable: Ident, is: &str, wanted: &str) {
        let (function, variable) = (self.names.text(function.name), self.names.text(variable.name));
        let message = format!("{is} `{variable}` is passed to `{function}`, which needs {wanted}");
        self.code.string(message.as_bytes());
        self.emit(Op::Throw);
    }

    /// Pushes the result of a built-in function.
    pub(super) fn builtin(&mut self, function: Builtin, args: &[Expr], span: Span) {
        match function {
            Builtin::Length => self.length(args.first()),
            Builtin::Sub | Builtin::Gsub => self.substitute(function, args, span),
            Builtin::Split => self.split(args, span),
            Builtin::Match => self.r#match(args, span),
            Builtin::Gensub => {
                let [pattern, rest @ ..] = args else { return };
                self.pattern(pattern);
                self.plain_builtin(function, args.len(), rest, span);
            }
            Builtin::Intdiv => self.intdiv(args, span),
            _ => self.plain_builtin(function, args.len(), args, span),
        }
    }

    /// A function that takes values and gives one: `args`, of `count` in all, on top of what is on the stack.
    fn plain_builtin(&mut self, function: Builtin, count: usize, args: &[Expr], span: Span) {
        args.iter().for_each(|arg| self.value(arg));
        self.at(span);
        let count = self.count(count, span);
        self.emit(op_of(function, count));
    }

    fn length(&mut self, arg: Option<&Expr>) {
        let Some(arg) = arg else {
            self.emit(op_of(Builtin::Length, 0));
            return;
        };
        match bare_name(arg).map(|ident| (ident, self.kind(ident))) {
            Some((ident, Kind::Array)) => {
                let array = self.array(ident);
                self.array_length(array);
            }
            // The caller may have passed either; a cell gives its hash, and the length of that is its count.
            Some((_, Kind::Unknown)) => {
                self.value(arg);
                self.emit(Op::RefGet);
                self.emit(op_of(Builtin::Length, 1));
            }
            _ => {
                self.value(arg);
                self.emit(op_of(Builtin::Length, 1));
            }
        }
    }

    /// `sub` and `gsub`: the changed text goes back where it came from, if there was a match.
    fn substitute(&mut self, function: Builtin, args: &[Expr], span: Span) {
        let first_free = self.next_slot;
        let [pattern, replacement, place @ ..] = args else { return };
        self.pattern(pattern);
        self.value(replacement);
        let mut target = None;
        match place.first() {
            None => {}
            Some(Expr { kind: ExprKind::Place(place), .. }) => {
                let into = self.target(place);
                let mut key = None;
                if into.has_key() {
                    let slot = self.new_slot();
                    self.emit(Op::Dup);
                    self.emit(Op::SetSlot(slot));
                    key = Some(slot);
                }
                self.get_target(into);
                target = Some((into, key));
            }
            Some(constant) => self.value(constant),
        }
        self.at(span);
        let count = self.count(args.len(), span);
        self.emit(op_of(function, count));
        let (unchanged, end) = (self.code.label(), self.code.label());
        let is_constant = target.is_none() && !place.is_empty();
        if is_constant {
            self.emit(Op::Swap);
            self.emit(Op::Pop);
            return;
        }
        // new count -> count
        self.emit(Op::Dup);
        self.code.jump(Op::JumpIfFalse, unchanged);
        self.emit(Op::Swap);
        match target {
            None => self.emit(Op::AwkSetRecord),
            Some((into, key)) => {
                key.into_iter().for_each(|slot| self.emit(Op::GetSlot(slot)));
                self.set(into);
            }
        }
        self.code.jump(Op::Jump, end);
        self.code.bind(unchanged);
        self.emit(Op::Swap);
        self.emit(Op::Pop);
        self.code.bind(end);
        self.next_slot = first_free;
    }

    /// `[key] -> v`, creating an element.
    fn get_target(&mut self, target: Target) {
        match target {
            Target::Scalar(scalar) => self.load(scalar),
            Target::Element(array) => self.get_element(array),
            Target::Field => self.emit(Op::AwkFieldGet),
        }
    }

    fn split(&mut self, args: &[Expr], span: Span) {
        let [text, array, rest @ ..] = args else { return };
        let Some(array) = bare_name(array) else { return };
        if let Some(separators) = rest.get(1) {
            self.error(separators.span, "the fourth argument of `split` is not supported");
        }
        self.value(text);
        match rest.first() {
            None => self.emit(op_of(Builtin::Split, 1)),
            Some(separator) => {
                self.separator(separator);
                self.at(span);
                self.emit(op_of(Builtin::Split, 2));
            }
        }
        // hash count -> count
        self.emit(Op::Swap);
        let array = self.array(array);
        self.set_array(array);
    }

    /// A field separator. A string of one character is that character, and a space is blanks; a regex literal
    /// of one character has to look longer to mean itself.
    fn separator(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Regex(pattern) => match &**pattern {
                b" " => self.code.string(b"[ ]"),
                [one] if b".[]()*+?{}|\\^$".contains(one) => self.code.string(&[b'(', *one, b')']),
                pattern => self.regex(pattern, expr.span),
            },
            _ => self.text(expr),
        }
    }

    fn r#match(&mut self, args: &[Expr], span: Span) {
        let [text, pattern, rest @ ..] = args else { return };
        if let Some(array) = rest.first() {
            self.error(array.span, "the third argument of `match` is not supported");
        }
        self.value(text);
        self.pattern(pattern);
        self.at(span);
        self.emit(op_of(Builtin::Match, 2));
    }

    /// `intdiv(a, b, result)`: quotient and remainder go into the array; the value is 0.
    fn intdiv(&mut self, args: &[Expr], span: Span) {
        let [dividend, divisor, array] = args else { return };
        let Some(array) = bare_name(array) else { return };
        self.value(dividend);
        self.value(divisor);
        self.at(span);
        self.emit(op_of(Builtin::Intdiv, 2));
        let array = self.array(array);
        self.set_array(array);
        self.emit(Op::LoadFloat(0.0));
    }
}

/// The op of a built-in function that takes its arguments from the stack.
fn op_of(function: Builtin, count: u8) -> Op {
    match function {
        Builtin::Atan2 => Op::AwkAtan2,
        Builtin::Close => Op::CallBuiltin(awk_builtins::CLOSE, count),
        Builtin::Cos => Op::AwkCos,
        Builtin::Exp => Op::AwkExp,
        Builtin::Fflush => Op::CallBuiltin(awk_builtins::FFLUSH, count),
        Builtin::Gsub => Op::AwkGsub(count),
        Builtin::Index => Op::AwkIndex,
        Builtin::Int => Op::AwkInt,
        Builtin::Length => Op::AwkLength(count),
        Builtin::Log => Op::AwkLog,
        Builtin::Match => Op::AwkMatch,
        Builtin::Rand => Op::AwkRand,
        Builtin::Sin => Op::AwkSin,
        Builtin::Split => Op::AwkSplit(count),
        Builtin::Sprintf => Op::AwkSprintf(count),
        Builtin::Sqrt => Op::AwkSqrt,
        Builtin::Srand => Op::AwkSrand(count),
        Builtin::Sub => Op::AwkSub(count),
        Builtin::Substr => Op::AwkSubstr(count),
        Builtin::System => Op::CallBuiltin(awk_builtins::SYSTEM, count),
        Builtin::Tolower => Op::AwkToLower,
        Builtin::Toupper => Op::AwkToUpper,
        Builtin::And => Op::AwkAnd(count),
        Builtin::Compl => Op::AwkCompl,
        Builtin::Gensub => Op::AwkGensub(count),
        Builtin::Intdiv => Op::AwkIntdiv,
        Builtin::Lshift => Op::AwkLshift,
        Builtin::Mkbool => Op::AwkMkbool,
        Builtin::Mktime => Op::AwkMktime(count),
        Builtin::Or => Op::AwkOr(count),
        Builtin::Rshift => Op::AwkRshift,
        Builtin::Strftime => Op::AwkStrftime(count),
        Builtin::Strtonum => Op::AwkStrtonum,
        Builtin::Systime => Op::AwkSystime,
        Builtin::Xor => Op::AwkXor(count),
    }
}
