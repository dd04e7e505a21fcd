//! The one table of operator precedence: which tokens stand between operands, and how tightly they bind.

use crate::ast::{BinaryOp, CompareOp, LogicalOp};
use crate::token::{Keyword, Punct, TokenKind};

/// How tightly an operator binds, loosest first: POSIX's table, with gawk's place for `|` before `getline`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Right-associative.
    Assignment,
    /// Right-associative.
    Conditional,
    Or,
    And,
    In,
    Match,
    /// Does not associate.
    Compare,
    Pipe,
    Concat,
    Additive,
    Multiplicative,
    /// The operand of a prefix operator.
    Unary,
    /// Right-associative.
    Power,
}

impl Level {
    /// The loosest level that a right operand of an operator of this level can have.
    pub(super) fn of_right_operand(self) -> Level {
        match self {
            Level::Assignment => Level::Assignment,
            Level::Conditional => Level::Conditional,
            Level::Or => Level::And,
            Level::And => Level::In,
            Level::In => Level::Match,
            Level::Match => Level::Compare,
            Level::Compare => Level::Pipe,
            Level::Pipe => Level::Concat,
            Level::Concat => Level::Additive,
            Level::Additive => Level::Multiplicative,
            Level::Multiplicative => Level::Unary,
            Level::Unary | Level::Power => Level::Power,
        }
    }
}

/// What to make of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Infix {
    Assign(Option<BinaryOp>),
    Conditional,
    Logical(LogicalOp),
    In,
    Match {
        negated: bool,
    },
    Compare(CompareOp),
    PipeGetline,
    /// Nothing stands between the operands; the token is the start of the right one.
    Concat,
    Binary(BinaryOp),
}

/// The operator that a token is after an operand.
pub(super) fn infix(token: TokenKind) -> Option<(Infix, Level)> {
    use Level::*;
    let punct = match token {
        TokenKind::Punct(punct) => punct,
        TokenKind::Keyword(Keyword::In) => return Some((Infix::In, In)),
        _ => return starts_operand(token).then_some((Infix::Concat, Concat)),
    };
    Some(match punct {
        Punct::Assign => (Infix::Assign(None), Assignment),
        Punct::PlusAssign => (Infix::Assign(Some(BinaryOp::Add)), Assignment),
        Punct::MinusAssign => (Infix::Assign(Some(BinaryOp::Sub)), Assignment),
        Punct::StarAssign => (Infix::Assign(Some(BinaryOp::Mul)), Assignment),
        Punct::SlashAssign => (Infix::Assign(Some(BinaryOp::Div)), Assignment),
        Punct::PercentAssign => (Infix::Assign(Some(BinaryOp::Mod)), Assignment),
        Punct::CaretAssign | Punct::StarStarAssign => (Infix::Assign(Some(BinaryOp::Pow)), Assignment),
        Punct::Question => (Infix::Conditional, Conditional),
        Punct::OrOr => (Infix::Logical(LogicalOp::Or), Or),
        Punct::AndAnd => (Infix::Logical(LogicalOp::And), And),
        Punct::Match => (Infix::Match { negated: false }, Match),
        Punct::NotMatch => (Infix::Match { negated: true }, Match),
        Punct::Less => (Infix::Compare(CompareOp::Less), Compare),
        Punct::LessEqual => (Infix::Compare(CompareOp::LessEqual), Compare),
        Punct::Equal => (Infix::Compare(CompareOp::Equal), Compare),
        Punct::NotEqual => (Infix::Compare(CompareOp::NotEqual), Compare),
        Punct::Greater => (Infix::Compare(CompareOp::Greater), Compare),
        Punct::GreaterEqual => (Infix::Compare(CompareOp::GreaterEqual), Compare),
        Punct::Pipe | Punct::PipeBoth => (Infix::PipeGetline, Pipe),
        Punct::Plus => (Infix::Binary(BinaryOp::Add), Additive),
        Punct::Minus => (Infix::Binary(BinaryOp::Sub), Additive),
        Punct::Star => (Infix::Binary(BinaryOp::Mul), Multiplicative),
        Punct::Slash => (Infix::Binary(BinaryOp::Div), Multiplicative),
        Punct::Percent => (Infix::Binary(BinaryOp::Mod), Multiplicative),
        Punct::Caret | Punct::StarStar => (Infix::Binary(BinaryOp::Pow), Power),
        _ => return starts_operand(token).then_some((Infix::Concat, Concat)),
    })
}

/// Whether a token can start an expression.
pub(super) fn starts_expression(token: TokenKind) -> bool {
    starts_operand(token) || matches!(token, TokenKind::Punct(Punct::Plus | Punct::Minus))
}

/// Whether a token can start the right operand of a concatenation. `+` and `-` cannot: there they add and subtract.
fn starts_operand(token: TokenKind) -> bool {
    match token {
        TokenKind::Number
        | TokenKind::Str
        | TokenKind::Regex
        | TokenKind::TypedRegex
        | TokenKind::Name
        | TokenKind::FunctionName
        | TokenKind::Builtin(_)
        | TokenKind::Keyword(Keyword::Getline) => true,
        TokenKind::Punct(punct) => matches!(
            punct,
            Punct::Dollar | Punct::At | Punct::Not | Punct::LeftParen | Punct::PlusPlus | Punct::MinusMinus
        ),
        _ => false,
    }
}
