//! Calls: functions of the program, and built-in ones. The parser has checked the number and the form of the arguments
//! of built-in functions, the resolver the calls of the program's own.

use super::places::Target;
use super::program::sub_name;
use super::{Array, Compiler, Scalar};
use crate::ast::{Expr, ExprKind, Ident, Place};
use crate::builtins::Builtin;
use crate::parser::{array_of, bare_name};
use crate::resolver::Kind;
use crate::source::Span;
use fusevm::{Op, awk_builtins};

impl Compiler<'_> {
    /// Pushes the result of a user-defined function. A call passes every parameter: arrays as cells, and for missing
    /// arguments a new array or nothing.
    pub(super) fn call(&mut self, function: Ident, args: &[Expr], span: Span) {
        let Some(id) = self.resolution.function(function.name) else {
            args.iter().filter(|arg| bare_name(arg).is_none()).for_each(|arg| self.effect(arg));
            self.at(span);
            let name = self.names.text(function.name).to_owned();
            return self.fatal(&format!("function `{name}' not defined"));
        };
        let param_count = self.resolution.functions[id.index()].params.len();
        for index in 0..param_count {
            let kind = self.resolution.functions[id.index()].params[index].kind;
            match args.get(index) {
                Some(arg) => self.argument(kind, arg),
                None if kind == Kind::Array => self.new_cell(),
                None => self.emit(Op::LoadUndef),
            }
        }
        // What is too much is evaluated, but goes nowhere.
        args.iter().skip(param_count).for_each(|arg| {
            if bare_name(arg).is_none() {
                self.effect(arg);
            }
        });
        self.at(span);
        if args.len() > param_count && self.classic {
            let name = self.names.text(function.name);
            let message = format!("function `{name}' called with more arguments than declared");
            self.code.string(message.as_bytes());
            self.call_builtin(awk_builtins::WARN, 1);
            self.emit(Op::Pop);
        }
        let count = self.count(param_count, span);
        let name = self.code.name(&sub_name(self.names.text(function.name)));
        let passed = args.iter().map(|arg| bare_name(arg).map(|ident| self.names.text(ident.name).into()));
        self.origins.add_call(self.code.position(), passed.collect());
        self.emit(Op::Call(name, count));
    }

    /// Pushes a cell with an empty array.
    fn new_cell(&mut self) {
        self.emit(Op::MakeHash(0));
        self.emit(Op::RefNew);
    }

    fn argument(&mut self, wanted: Kind, arg: &Expr) {
        match (&arg.kind, wanted) {
            (ExprKind::Place(place), _) => match &**place {
                Place::Var(ident) => self.variable_argument(*ident, wanted),
                Place::Element { array, subscripts } => match wanted {
                    Kind::Array => {
                        let mut array = array.clone();
                        array.path.push(subscripts.clone());
                        self.array_cell(&array);
                    }
                    Kind::Dynamic => self.untyped_element(array, subscripts, false),
                    Kind::Unknown => self.untyped_element(array, subscripts, true),
                    Kind::Scalar => self.value(arg),
                },
                Place::Field(_) => self.value(arg),
            },
            // The resolver makes a parameter dynamic that a call passes a value for.
            _ => self.value(arg),
        }
    }

    fn variable_argument(&mut self, ident: Ident, wanted: Kind) {
        let is = self.kind(ident);
        match (is, wanted) {
            (Kind::Array, Kind::Scalar) => {
                let name = self.names.text(ident.name).to_owned();
                self.fatal(&format!("attempt to use array `{name}' in a scalar context"));
            }
            (Kind::Array | Kind::Dynamic, Kind::Array) => {
                let array = self.array(ident);
                self.cell(array);
            }
            // A variable that has no value yet can be an array for the callee; nobody else sees it.
            (_, Kind::Array) => {
                let variable = self.scalar(ident);
                let described = self.described(ident);
                self.load(variable);
                self.code.string(described.as_bytes());
                self.call_builtin(awk_builtins::AS_ARRAY, 2);
            }
            (Kind::Dynamic, Kind::Scalar) => {
                let variable = self.scalar(ident);
                self.load(variable);
                self.check_scalar(ident);
            }
            _ => self.untyped_argument(ident),
        }
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
            Builtin::Asort | Builtin::Asorti => self.sort(function, args, span),
            Builtin::Patsplit => self.split_into(awk_builtins::PATSPLIT, args, span),
            Builtin::Isarray => self.query(args, awk_builtins::ISARRAY),
            Builtin::Typeof => self.query(args, awk_builtins::TYPEOF),
            Builtin::Dcgettext | Builtin::Dcngettext => self.message(function, args, span),
            _ => self.plain_builtin(function, args.len(), args, span),
        }
    }

    /// A function that takes values and gives one: `args`, of `count` in all, on top of what is on the stack.
    fn plain_builtin(&mut self, function: Builtin, count: usize, args: &[Expr], span: Span) {
        for (index, arg) in args.iter().enumerate() {
            self.value(arg);
            self.lint_argument(function, index);
            if function == Builtin::Sprintf && index == 0 {
                self.lint_format(arg, count - 1);
            }
        }
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
            Some((ident, Kind::Unknown | Kind::Dynamic)) => {
                let variable = self.scalar(ident);
                self.load(variable);
                self.lint_read(ident);
                if self.kind(ident) == Kind::Dynamic {
                    self.call_builtin(awk_builtins::SETTLE, 1);
                }
                self.emit(Op::RefGet);
                self.emit(op_of(Builtin::Length, 1));
            }
            _ => {
                self.queried(arg);
                self.lint_argument(Builtin::Length, 0);
                self.emit(op_of(Builtin::Length, 1));
            }
        }
    }

    /// Pushes what a function only asks about: a cell, or a value.
    fn queried(&mut self, arg: &Expr) {
        match &arg.kind {
            ExprKind::Place(place) => match &**place {
                Place::Var(ident) if self.kind(*ident) == Kind::Dynamic => {
                    let variable = self.scalar(*ident);
                    self.load(variable);
                }
                Place::Var(ident) => self.untyped_argument(*ident),
                Place::Element { array, subscripts } => self.untyped_element(array, subscripts, true),
                Place::Field(_) => self.value(arg),
            },
            _ => self.value(arg),
        }
    }

    /// `isarray` and `typeof`, whose second argument is an array for details.
    fn query(&mut self, args: &[Expr], id: u16) {
        let Some(first) = args.first() else { return };
        let is_settled = self.resolution.is_settled_query(first.span);
        if let Some(details) = args.get(1).and_then(array_of) {
            self.queried(first);
            self.call_builtin(awk_builtins::TYPE_DETAILS, 1);
            let details = self.array_ref(&details);
            self.set_array(details);
        }
        if is_settled && bare_name(first).is_some_and(|ident| self.kind(ident) == Kind::Array) {
            self.code.string(b"array");
            return;
        }
        if let ExprKind::Place(place) = &first.kind
            && let Place::Field(index) = &**place
            && id == awk_builtins::TYPEOF
        {
            self.index_value(index);
            self.call_builtin(awk_builtins::TYPEOF_FIELD, 1);
            return;
        }
        self.queried(first);
        if id != awk_builtins::TYPEOF {
            self.call_builtin(id, 1);
            return;
        }
        // Only a variable or an element can be untyped; any other value that is not set was made so.
        let is_untyped = matches!(&first.kind, ExprKind::Place(place) if match &**place {
            Place::Var(_) => !is_settled,
            Place::Element { .. } => true,
            Place::Field(_) => false,
        });
        self.emit(if is_untyped { Op::LoadTrue } else { Op::LoadFalse });
        self.call_builtin(id, 2);
    }

    /// `dcgettext` and `dcngettext`: there is no catalogue of messages, so the text is its own translation.
    fn message(&mut self, function: Builtin, args: &[Expr], span: Span) {
        args.iter().for_each(|arg| self.value(arg));
        self.at(span);
        self.chosen_message(function, args.len());
    }

    /// `arguments -> text`
    pub(super) fn chosen_message(&mut self, function: Builtin, count: usize) {
        let texts = if function == Builtin::Dcgettext { 1 } else { 3 };
        (texts..count).for_each(|_| self.emit(Op::Pop));
        if function == Builtin::Dcngettext {
            // singular plural number -> one of them
            let (plural, end) = (self.code.label(), self.code.label());
            self.emit(Op::LoadFloat(1.0));
            self.emit(Op::AwkEq);
            self.code.jump(Op::JumpIfFalse, plural);
            self.emit(Op::Pop);
            self.code.jump(Op::Jump, end);
            self.code.bind(plural);
            self.emit(Op::Swap);
            self.emit(Op::Pop);
            self.code.bind(end);
        }
        self.emit(Op::AwkToStr);
    }

    /// `asort(source [, target [, how]])` and `asorti`.
    fn sort(&mut self, function: Builtin, args: &[Expr], span: Span) {
        let [source, rest @ ..] = args else { return };
        let target = rest.first().unwrap_or(source);
        let (Some(source), Some(target)) = (array_of(source), array_of(target)) else { return };
        self.array_cell(&source);
        match rest.get(1) {
            Some(how) => self.text(how),
            None => self.emit(Op::LoadUndef),
        }
        self.at(span);
        let target = self.array_ref(&target);
        self.sorted_into(function, target);
    }

    /// `source how -> count`
    pub(super) fn sorted_into(&mut self, function: Builtin, target: Array) {
        let is_asort = function == Builtin::Asort;
        self.call_builtin(if is_asort { awk_builtins::ASORT } else { awk_builtins::ASORTI }, 2);
        // sorted -> count
        self.emit(Op::Dup);
        self.set_array(target);
        self.emit(op_of(Builtin::Length, 1));
    }

    /// A function that gives an array of a count and of hashes, which go into the arrays `args[1]` and, if there is
    /// one, `args[3]`.
    fn split_into(&mut self, id: u16, args: &[Expr], span: Span) {
        let [text, array, rest @ ..] = args else { return };
        self.value(text);
        match rest.first() {
            None => self.emit(Op::LoadUndef),
            Some(separator) => self.separator(separator),
        }
        self.at(span);
        self.call_builtin(id, 2);
        let arrays: Vec<Array> = std::iter::once(array)
            .chain(rest.get(1))
            .filter_map(array_of)
            .map(|array| self.array_ref(&array))
            .collect();
        self.unpack(&arrays);
    }

    /// `[count hash …] -> count`, with the hashes put into arrays.
    pub(super) fn unpack(&mut self, arrays: &[Array]) {
        let parts = self.new_slot();
        self.emit(Op::SetSlot(parts));
        for (index, &array) in arrays.iter().enumerate() {
            self.emit(Op::LoadInt(index as i64 + 1));
            self.emit(Op::SlotArrayGet(parts));
            self.set_array(array);
        }
        self.emit(Op::LoadInt(0));
        self.emit(Op::SlotArrayGet(parts));
        self.emit(Op::LoadUndef);
        self.emit(Op::SetSlot(parts));
    }

    /// `sub` and `gsub`: the changed text goes back where it came from, if there was a match.
    fn substitute(&mut self, function: Builtin, args: &[Expr], span: Span) {
        let first_free = self.next_slot;
        let [pattern, replacement, place @ ..] = args else { return };
        self.pattern(pattern);
        self.value(replacement);
        let (mut target, mut may_be_set_anyway) = (None, false);
        match place.first() {
            None => {
                self.at(span);
                self.emit(op_of(function, 2));
                return;
            }
            Some(Expr { kind: ExprKind::Place(place), .. }) if self.is_dynamic(place) => {
                // It is a scalar from here on, also when nothing is assigned.
                self.read(place);
                target = self.plain_target(place).map(|into| (into, None));
            }
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
                may_be_set_anyway = matches!(into, Target::Scalar(Scalar::Slot(_) | Scalar::Global(_)));
                target = Some((into, key));
            }
            Some(constant) => self.value(constant),
        }
        self.at(span);
        let count = self.count(args.len(), span);
        self.emit(op_of(function, count));
        let Some((into, key)) = target else {
            self.emit(Op::Swap);
            self.emit(Op::Pop);
            return;
        };
        // new count -> count
        if may_be_set_anyway {
            // Without a match the new value is the old one.
            self.emit(Op::Swap);
            self.set(into);
            self.next_slot = first_free;
            return;
        }
        let (unchanged, end) = (self.code.label(), self.code.label());
        self.emit(Op::Dup);
        self.code.jump(Op::JumpIfFalse, unchanged);
        self.emit(Op::Swap);
        key.into_iter().for_each(|slot| self.emit(Op::GetSlot(slot)));
        self.set(into);
        self.code.jump(Op::Jump, end);
        self.code.bind(unchanged);
        self.emit(Op::Swap);
        self.emit(Op::Pop);
        self.code.bind(end);
        self.next_slot = first_free;
    }

    /// `[key] -> v`, creating an element.
    pub(super) fn get_target(&mut self, target: Target) {
        match target {
            Target::Scalar(scalar) => self.load(scalar),
            Target::Element(array, name) => self.get_element(array, name),
            Target::Field => self.emit(Op::AwkFieldGet),
        }
    }

    fn split(&mut self, args: &[Expr], span: Span) {
        let [text, array, rest @ ..] = args else { return };
        if rest.len() > 1 {
            return self.split_into(awk_builtins::SPLIT, args, span);
        }
        let Some(array) = array_of(array) else { return };
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
        let array = self.array_ref(&array);
        self.set_array(array);
    }

    /// A field separator. A string of one character is that character, and a space is blanks; a regex literal
    /// of one character has to look longer to mean itself.
    fn separator(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Regex(pattern) | ExprKind::TypedRegex(pattern) => match &**pattern {
                b" " => self.code.string(b"[ ]"),
                // One character would be itself, in its own case.
                [one] if self.resolution.facts.ignores_case && one.is_ascii_alphabetic() => {
                    self.code.string(&[b'(', *one, b')']);
                }
                [one] if b".[]()*+?{}|\\^$".contains(one) => self.code.string(&[b'(', *one, b')']),
                pattern => self.regex(pattern, expr.span),
            },
            _ => self.text(expr),
        }
    }

    fn r#match(&mut self, args: &[Expr], span: Span) {
        let [text, pattern, rest @ ..] = args else { return };
        self.value(text);
        self.pattern(pattern);
        self.at(span);
        if rest.is_empty() {
            self.emit(op_of(Builtin::Match, 2));
        } else {
            self.call_builtin(awk_builtins::MATCH, 2);
            let arrays: Vec<Array> =
                rest.iter().filter_map(array_of).map(|array| self.array_ref(&array)).collect();
            self.unpack(&arrays);
        }
    }

    /// `intdiv(a, b, result)`: quotient and remainder go into the array; the value is 0.
    fn intdiv(&mut self, args: &[Expr], span: Span) {
        let [dividend, divisor, array] = args else { return };
        let Some(array) = array_of(array) else { return };
        self.value(dividend);
        self.value(divisor);
        self.at(span);
        self.emit(op_of(Builtin::Intdiv, 2));
        let array = self.array_ref(&array);
        self.set_array(array);
        self.emit(Op::LoadFloat(0.0));
    }
}

/// The op of a built-in function that takes its arguments from the stack.
pub(super) fn op_of(function: Builtin, count: u8) -> Op {
    match function {
        Builtin::Atan2 => Op::AwkAtan2,
        Builtin::Close => Op::CallBuiltin(awk_builtins::CLOSE, count),
        Builtin::Cos => Op::AwkCos,
        Builtin::Exp => Op::AwkExp,
        Builtin::Fflush => Op::CallBuiltin(awk_builtins::FFLUSH, count),
        Builtin::Gsub if count == 2 => Op::AwkGsubRecord,
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
        Builtin::Sub if count == 2 => Op::AwkSubRecord,
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
        Builtin::Bindtextdomain => Op::CallBuiltin(awk_builtins::BINDTEXTDOMAIN, count),
        // Those with arrays have code of their own.
        Builtin::Asort | Builtin::Asorti => Op::CallBuiltin(awk_builtins::ASORT, count),
        Builtin::Patsplit => Op::CallBuiltin(awk_builtins::PATSPLIT, count),
        Builtin::Isarray => Op::CallBuiltin(awk_builtins::ISARRAY, count),
        Builtin::Typeof => Op::CallBuiltin(awk_builtins::TYPEOF, count),
        Builtin::Dcgettext | Builtin::Dcngettext => Op::Nop,
    }
}
