//! Expressions in gawk's layout: with the parentheses of the program, and those that gawk adds.

use super::quote_constant;
use crate::ast::{ArrayRef, BinaryOp, Expr, ExprKind, Ident, Input, LogicalOp, Place, StepOp, UnaryOp};
use crate::builtins::Builtin;
use crate::source::Source;

/// An expression as text, with what gawk must know of it to put it beside others.
pub(super) struct Printed {
    pub text: String,
    form: Form,
}

/// How tightly an expression binds to gawk's printer, and what kind it is.
#[derive(Clone, Copy)]
struct Form {
    level: u8,
    /// It stands beside others of its kind without parentheses.
    is_operand: bool,
    is_binary: bool,
}

const fn operand(level: u8) -> Form {
    Form { level, is_operand: true, is_binary: false }
}

const fn binary(level: u8) -> Form {
    Form { level, is_operand: false, is_binary: true }
}

const VALUE: Form = operand(16);
const REGEX: Form = Form { level: 16, is_operand: false, is_binary: false };
const FIELD: Form = operand(15);
const STEP: Form = operand(14);
const POWER: Form = binary(13);
const SIGN: Form = operand(12);
const PRODUCT: Form = binary(11);
const SUM: Form = binary(10);
const CONCAT: Form = binary(9);
const COMPARE: Form = binary(8);
const MATCH: Form = binary(7);
const GETLINE: Form = binary(6);
const IN: Form = binary(5);
const AND: Form = binary(4);
const OR: Form = binary(3);
const CONDITIONAL: Form = binary(2);
const ASSIGN: Form = binary(1);
/// What gawk does not know: parentheses, indirect calls, substitutions.
const OTHER: Form = Form { level: 0, is_operand: false, is_binary: false };

impl Printed {
    fn new(text: impl Into<String>, form: Form) -> Printed {
        Printed { text: text.into(), form }
    }

    /// Puts it in parentheses, unless it begins with some.
    fn parenthesized(mut self) -> Printed {
        if !self.text.starts_with('(') {
            self.text = format!("({})", self.text);
        }
        self
    }

    fn parenthesized_if(self, condition: bool) -> Printed {
        if condition { self.parenthesized() } else { self }
    }

    /// As a part of a statement or an operator that takes no operators.
    pub fn operand(self) -> Printed {
        let is_binary = self.form.is_binary;
        self.parenthesized_if(is_binary)
    }

    fn is_negative(&self) -> bool {
        self.text.starts_with('-') && !self.text.starts_with("--")
    }
}

/// `left operator right`
fn join(form: Form, left: Printed, operator: &str, right: Printed) -> Printed {
    let (is_left_looser, is_right_looser) = (left.form.level < form.level, right.form.level < form.level);
    let (left, right) = (left.parenthesized_if(is_left_looser), right.parenthesized_if(is_right_looser));
    Printed::new(format!("{} {operator} {}", left.text, right.text), form)
}

/// A concatenation. Between two parts that could be taken for something else gawk puts parentheses.
fn concatenation(parts: Vec<Printed>) -> Printed {
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        let is_negative = part.is_negative();
        let needs_parentheses = !part.text.starts_with('(')
            && match (parts.get(index + 1), index.checked_sub(1).map(|before| &parts[before])) {
                (Some(next), _) if index == 0 || !is_negative => {
                    !(part.form.is_operand && next.form.is_operand)
                        && (part.form.level <= next.form.level || next.form.is_operand)
                }
                (None, Some(before)) if !is_negative => {
                    before.form.level >= part.form.level && !part.form.is_operand
                }
                _ => true,
            };
        text += if index > 0 { " " } else { "" };
        text += &if needs_parentheses { format!("({})", part.text) } else { part.text.clone() };
    }
    Printed::new(text, CONCAT)
}

fn form_of(op: BinaryOp) -> Form {
    match op {
        BinaryOp::Pow => POWER,
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Mod => PRODUCT,
        BinaryOp::Add | BinaryOp::Sub => SUM,
    }
}

/// What prints expressions: it knows the names, and the text that literals are copied from.
pub(super) trait Expressions<'a> {
    fn source(&self) -> &'a Source;

    /// A name as it is written here.
    fn name(&self, ident: Ident) -> String;

    /// The name of a built-in function as it is written here.
    fn builtin_name(&self, function: Builtin) -> String;

    fn list(&self, exprs: &[Expr]) -> String {
        exprs.iter().map(|expr| self.text(expr)).collect::<Vec<_>>().join(", ")
    }

    fn text(&self, expr: &Expr) -> String {
        self.expr(expr).text
    }

    fn array(&self, array: &ArrayRef) -> String {
        let mut text = self.name(array.name);
        for subscripts in &array.path {
            text += &format!("[{}]", self.list(subscripts));
        }
        text
    }

    fn place(&self, place: &Place) -> Printed {
        match place {
            Place::Var(ident) => Printed::new(self.name(*ident), VALUE),
            Place::Element { array, subscripts } => {
                Printed::new(format!("{}[{}]", self.array(array), self.list(subscripts)), VALUE)
            }
            Place::Field(index) => match &index.kind {
                ExprKind::Column(_) => Printed::new(self.literal(index), FIELD),
                _ => Printed::new(format!("${}", self.expr(index).operand().text), FIELD),
            },
        }
    }

    /// The text of a literal, as it was written.
    fn literal(&self, expr: &Expr) -> String {
        String::from_utf8_lossy(self.source().slice(expr.span)).into_owned()
    }

    fn expr(&self, expr: &Expr) -> Printed {
        match &expr.kind {
            ExprKind::Number(_) => Printed::new(self.literal(expr), VALUE),
            ExprKind::Str(text) => Printed::new(quote_constant(text), VALUE),
            ExprKind::Regex(_) => Printed::new(self.literal(expr), REGEX),
            ExprKind::TypedRegex(_) | ExprKind::Column(_) => Printed::new(self.literal(expr), VALUE),
            ExprKind::Place(place) => self.place(place),
            ExprKind::Group(inner) => Printed::new(format!("({})", self.text(inner)), OTHER),
            ExprKind::Unary(op, operand) => self.unary(*op, operand),
            ExprKind::Step { op, prefix, place } => {
                let step = if *op == StepOp::Increment { "++" } else { "--" };
                let place = self.place(place).text;
                let text = if *prefix { format!("{step}{place}") } else { format!("{place}{step}") };
                Printed::new(text, STEP)
            }
            ExprKind::Binary { first, rest } => {
                rest.iter().fold(self.expr(first), |left, (op, right)| self.binary(left, *op, right))
            }
            ExprKind::Concat(parts) => self.concat(parts),
            ExprKind::Compare(op, left, right) => join(COMPARE, self.expr(left), op.text(), self.expr(right)),
            ExprKind::Match { negated, text, pattern } => {
                let op = if *negated { "!~" } else { "~" };
                let (text, pattern) = (self.expr(text).operand(), self.expr(pattern).operand());
                Printed::new(format!("{} {op} {}", text.text, pattern.text), MATCH)
            }
            ExprKind::In { keys, array } => {
                let keys = match &keys[..] {
                    [key] => {
                        let key = self.expr(key);
                        let is_looser = key.form.level < IN.level;
                        key.parenthesized_if(is_looser).text
                    }
                    keys => format!("({})", self.list(keys)),
                };
                Printed::new(format!("{keys} in {}", self.array(array)), IN)
            }
            ExprKind::Logical(op, operands) => {
                let (form, op) = if *op == LogicalOp::And { (AND, "&&") } else { (OR, "||") };
                let mut operands = operands.iter().map(|operand| self.expr(operand));
                // There are two at least.
                let first = operands.next().unwrap_or_else(|| Printed::new("", form));
                operands.fold(first, |left, right| join(form, left, op, right))
            }
            ExprKind::Conditional { condition, yes, no } => {
                let text = format!("{} ? {} : {}", self.text(condition), self.text(yes), self.text(no));
                Printed::new(text, CONDITIONAL)
            }
            ExprKind::Assign { op, place, value } => {
                let (place, op) = (self.place(place), op.map_or("", |op| op.text()));
                let value = match &value.kind {
                    // To gawk `x = x y` is one operation.
                    ExprKind::Concat(parts) if parts.len() == 2 && self.text(&parts[0]) == place.text => {
                        format!("{} {}", place.text, self.text(&parts[1]))
                    }
                    _ => self.text(value),
                };
                Printed::new(format!("{} {op}= {value}", place.text), ASSIGN)
            }
            ExprKind::Call { function, args } => {
                Printed::new(format!("{}({})", self.name(*function), self.list(args)), VALUE)
            }
            ExprKind::IndirectCall { variable, args } => {
                Printed::new(format!("@{}({})", self.name(*variable), self.list(args)), OTHER)
            }
            ExprKind::Builtin { function, args } => self.builtin(*function, args),
            ExprKind::Getline { input, place } => {
                let place =
                    place.as_ref().map_or(String::new(), |place| format!(" {}", self.place(place).text));
                let text = match input {
                    Input::Main => format!("getline{place}"),
                    Input::File(file) => format!("getline{place} < {}", self.expr(file).operand().text),
                    Input::Command(command) => {
                        format!("{} | getline{place}", self.expr(command).operand().text)
                    }
                    Input::Coprocess(command) => {
                        format!("{} |& getline{place}", self.expr(command).operand().text)
                    }
                };
                Printed::new(text, GETLINE)
            }
        }
    }

    fn unary(&self, op: UnaryOp, operand: &Expr) -> Printed {
        let value = self.expr(operand);
        // Two signs without anything between them are another operator.
        let is_step = match op {
            UnaryOp::Minus => value.text.starts_with('-'),
            UnaryOp::Plus => value.text.starts_with('+'),
            UnaryOp::Not => false,
        };
        let needs_parentheses = value.form.is_binary || is_step;
        let value = value.parenthesized_if(needs_parentheses);
        match op {
            // A number with its sign is a constant.
            UnaryOp::Minus if matches!(operand.kind, ExprKind::Number(_)) => {
                Printed::new(format!("-{}", value.text), VALUE)
            }
            UnaryOp::Minus => Printed::new(format!("-{}", value.text), SIGN),
            UnaryOp::Plus => Printed::new(format!("+{}", value.text), SIGN),
            UnaryOp::Not => Printed::new(format!("! {}", value.text), SIGN),
        }
    }

    fn binary(&self, left: Printed, op: BinaryOp, right: &Expr) -> Printed {
        let form = form_of(op);
        if let ExprKind::Number(_) = right.kind {
            let is_looser = left.form.is_binary && left.form.level < form.level;
            let left = left.parenthesized_if(is_looser).text;
            return Printed::new(format!("{left} {} {}", op.text(), self.literal(right)), form);
        }
        join(form, left, op.text(), self.expr(right))
    }

    fn concat(&self, exprs: &[Expr]) -> Printed {
        let mut parts: Vec<Printed> = Vec::new();
        let mut before: Option<&Expr> = None;
        for expr in exprs {
            let part = self.expr(expr);
            match parts.last_mut() {
                // `_"text"` is a constant that is to be translated.
                Some(mark)
                    if mark.text == "_"
                        && matches!(expr.kind, ExprKind::Str(_))
                        && before.is_some_and(|before| before.span.end == expr.span.start) =>
                {
                    mark.text += &part.text;
                }
                _ => parts.push(part),
            }
            before = Some(expr);
        }
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            last => {
                parts.extend(last);
                concatenation(parts)
            }
        }
    }

    /// A call, with the arguments that go without saying.
    fn builtin(&self, function: Builtin, args: &[Expr]) -> Printed {
        let implied = match (function, args.len()) {
            (Builtin::Length, 0) | (Builtin::Sub | Builtin::Gsub, 2) | (Builtin::Gensub, 3) => "$0",
            (Builtin::Split, 2) => "FS",
            (Builtin::Patsplit, 2) => "FPAT",
            _ => "",
        };
        let separator = if implied.is_empty() || args.is_empty() { "" } else { ", " };
        let text = format!("{}({}{separator}{implied})", self.builtin_name(function), self.list(args));
        let is_substitution = matches!(function, Builtin::Sub | Builtin::Gsub | Builtin::Gensub);
        Printed::new(text, if is_substitution { OTHER } else { VALUE })
    }
}
