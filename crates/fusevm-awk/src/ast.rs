//! The syntax tree: what the parser makes and everything after it reads.
//!
//! Chains of left-associative operators (`a + b - c …`, `a b c …`, `a || b || …`) and of `else if` are kept flat, so
//! that a long one, as generated programs have them, costs no recursion. The parser bounds how deep everything
//! else can nest (see [`crate::parser::MAX_DEPTH`]).

use crate::builtins::Builtin;
use crate::source::Span;
use std::collections::HashMap;

mod children;
mod sexpr;
pub(crate) use children::Part;
pub use sexpr::to_sexpr;

/// A name of the program, as a small number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub(crate) u32);

impl NameId {
    /// The number, dense from 0 in the order of first appearance.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The names of a program.
#[derive(Clone, Debug, Default)]
pub struct Names {
    texts: Vec<Box<str>>,
    ids: HashMap<Box<str>, NameId>,
}

impl Names {
    /// The name's id, new or old.
    pub fn intern(&mut self, text: &str) -> NameId {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = NameId(self.texts.len() as u32);
        self.texts.push(text.into());
        self.ids.insert(text.into(), id);
        id
    }

    /// The id of a name that the program mentions.
    pub fn get(&self, text: &str) -> Option<NameId> {
        self.ids.get(text).copied()
    }

    /// The name's text.
    pub fn text(&self, id: NameId) -> &str {
        &self.texts[id.index()]
    }

    /// The names in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// A name where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ident {
    /// Which name.
    pub name: NameId,
    /// Where.
    pub span: Span,
}

/// An array where it is used: a named one or, for arrays of arrays, an element of one.
#[derive(Clone, Debug)]
pub struct ArrayRef {
    /// The name.
    pub name: Ident,
    /// The subscripts that lead from the named array to this one, each one or several that are joined with `SUBSEP`;
    /// none when it is the named array itself.
    pub path: Vec<Vec<Expr>>,
    /// Name and subscripts.
    pub span: Span,
}

impl ArrayRef {
    /// The array of a name.
    pub fn named(name: Ident) -> Self {
        ArrayRef { name, path: Vec::new(), span: name.span }
    }

    /// The name, when it is nothing else.
    pub fn bare(&self) -> Option<Ident> {
        self.path.is_empty().then_some(self.name)
    }
}

/// A whole program.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Rules and functions in source order.
    pub items: Vec<Item>,
    /// The names that the items use.
    pub names: Names,
}

impl Program {
    /// The functions, in source order.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.items.iter().filter_map(|item| match item {
            Item::Function(function) => Some(function),
            Item::Rule(_) => None,
        })
    }

    /// The rules, in source order, `BEGIN` and `END` among them.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.items.iter().filter_map(|item| match item {
            Item::Rule(rule) => Some(rule),
            Item::Function(_) => None,
        })
    }
}

/// A top-level part of a program.
#[derive(Clone, Debug)]
pub enum Item {
    /// A pattern and its action.
    Rule(Rule),
    /// A function definition.
    Function(Function),
}

/// A pattern with its action.
#[derive(Clone, Debug)]
pub struct Rule {
    /// When the action runs.
    pub pattern: Pattern,
    /// What runs; `None` prints the record.
    pub action: Option<Block>,
    /// The whole rule.
    pub span: Span,
}

/// When a rule's action runs.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Before the first record.
    Begin,
    /// After the last record.
    End,
    /// Before the first record of each file.
    BeginFile,
    /// After the last record of each file.
    EndFile,
    /// For every record.
    Always,
    /// For records where the expression is true.
    Expr(Expr),
    /// From a record where the first is true to the next where the second is.
    Range(Expr, Expr),
}

/// A function definition.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: Ident,
    /// Parameters, local variables among them.
    pub params: Vec<Ident>,
    /// What it does.
    pub body: Block,
    /// The whole definition.
    pub span: Span,
}

/// Statements in braces.
#[derive(Clone, Debug)]
pub struct Block {
    /// The statements; empty ones are left out.
    pub statements: Vec<Stmt>,
    /// From brace to brace.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it does.
    pub kind: StmtKind,
    /// Its text, without what ends it.
    pub span: Span,
}

/// What a statement does.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// Nothing: a lone `;` as the body of a loop or an `if`.
    Empty,
    /// Statements in braces.
    Block(Block),
    /// An expression, for what it does.
    Expr(Box<Expr>),
    /// `print` or `printf`.
    Print {
        /// Whether it is `printf`.
        formatted: bool,
        /// What is printed; for `print`, nothing means the record. `printf` has its format first.
        args: Vec<Expr>,
        /// Where to, when not to standard output.
        redirect: Option<Box<Redirect>>,
    },
    /// `if … else if … else`.
    If {
        /// Conditions, each with what it guards; never empty.
        arms: Vec<(Expr, Stmt)>,
        /// What runs when none holds.
        otherwise: Option<Box<Stmt>>,
    },
    /// `while (condition) body`
    While {
        /// Tested before each round.
        condition: Box<Expr>,
        /// What is repeated.
        body: Box<Stmt>,
    },
    /// `do body while (condition)`
    DoWhile {
        /// What is repeated.
        body: Box<Stmt>,
        /// Tested after each round.
        condition: Box<Expr>,
    },
    /// `for (init; condition; step) body`
    For(Box<For>),
    /// `for (variable in array) body`
    ForIn {
        /// Takes each index in turn.
        variable: Ident,
        /// Whose indices.
        array: ArrayRef,
        /// What is repeated.
        body: Box<Stmt>,
    },
    /// `switch (subject) { case …: … default: … }`
    Switch {
        /// What is compared with the labels.
        subject: Box<Expr>,
        /// The cases; each runs on into the next.
        cases: Vec<Case>,
    },
    /// Leaves the innermost loop or `switch`.
    Break,
    /// Goes on with the next round of the innermost loop.
    Continue,
    /// Goes on with the next record.
    Next,
    /// Goes on with the next file.
    NextFile,
    /// Ends the input, runs the `END` rules, then ends the program with this status.
    Exit(Option<Box<Expr>>),
    /// Leaves the function with this value.
    Return(Option<Box<Expr>>),
    /// `delete array[subscripts]`
    Delete {
        /// The array.
        array: ArrayRef,
        /// One subscript, or several that are joined with `SUBSEP`.
        subscripts: Vec<Expr>,
    },
    /// `delete array`: all elements.
    DeleteAll(ArrayRef),
}

/// A case of `switch`.
#[derive(Clone, Debug)]
pub struct Case {
    /// A number, string or regex literal; nothing for `default`.
    pub label: Option<Expr>,
    /// What runs from there on.
    pub statements: Vec<Stmt>,
}

/// The parts of `for (init; condition; step) body`.
#[derive(Clone, Debug)]
pub struct For {
    /// Runs first.
    pub init: Option<Box<Stmt>>,
    /// Tested before each round; nothing is true.
    pub condition: Option<Box<Expr>>,
    /// Runs after each round.
    pub step: Option<Box<Stmt>>,
    /// What is repeated.
    pub body: Box<Stmt>,
}

/// Where `print` and `printf` write.
#[derive(Clone, Debug)]
pub struct Redirect {
    /// How.
    pub kind: RedirectKind,
    /// The file name or the command.
    pub target: Expr,
}

/// The ways to redirect output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectKind {
    /// `>`: to a file, emptied when it is opened.
    Write,
    /// `>>`: to the end of a file.
    Append,
    /// `|`: to a command.
    Pipe,
    /// `|&`: to a command that is read from, too.
    Coprocess,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its text.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A number.
    Number(f64),
    /// A string, its escape sequences replaced.
    Str(Box<[u8]>),
    /// A regex literal. Beside `~` and as a regex argument it stands for itself, elsewhere for `$0 ~ /…/`.
    Regex(Box<[u8]>),
    /// A regex literal that is a value, `@/…/`.
    TypedRegex(Box<[u8]>),
    /// The number of the field that has a name, as the index of `@"name"`.
    Column(Box<[u8]>),
    /// The value of a variable, element or field.
    Place(Box<Place>),
    /// An expression in parentheses.
    Group(Box<Expr>),
    /// `-x`, `+x`, `!x`
    Unary(UnaryOp, Box<Expr>),
    /// `++x`, `x--` and their like.
    Step {
        /// Up or down.
        op: StepOp,
        /// Whether the value is the new one (`++x`), not the old one.
        prefix: bool,
        /// What is changed.
        place: Box<Place>,
    },
    /// `first op operand op operand …`, from left to right; the operators are of one precedence.
    Binary {
        /// The leftmost operand.
        first: Box<Expr>,
        /// The operators with their right operands; never empty. More than one only for `+ -` and `* / %`.
        rest: Vec<(BinaryOp, Expr)>,
    },
    /// Two or more operands, joined as strings.
    Concat(Vec<Expr>),
    /// `left < right` and its like.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// `text ~ pattern`, or `!~` when negated.
    Match {
        /// `!~`
        negated: bool,
        /// What is searched.
        text: Box<Expr>,
        /// What for.
        pattern: Box<Expr>,
    },
    /// `key in array`, `(key, key) in array`
    In {
        /// One key, or several that are joined with `SUBSEP`.
        keys: Vec<Expr>,
        /// Where it is looked up.
        array: ArrayRef,
    },
    /// Two or more operands of `&&` or of `||`, evaluated up to the first that decides.
    Logical(LogicalOp, Vec<Expr>),
    /// `condition ? yes : no`
    Conditional {
        /// What decides.
        condition: Box<Expr>,
        /// The value when it holds.
        yes: Box<Expr>,
        /// The value when it does not.
        no: Box<Expr>,
    },
    /// `place = value`, or `place op= value`.
    Assign {
        /// The operator of `op=`.
        op: Option<BinaryOp>,
        /// What is assigned.
        place: Box<Place>,
        /// The right side.
        value: Box<Expr>,
    },
    /// A call of a function of the program.
    Call {
        /// Its name.
        function: Ident,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// A call of the function whose name a variable holds, `@variable(…)`.
    IndirectCall {
        /// The variable.
        variable: Ident,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// A call of a built-in function.
    Builtin {
        /// Which.
        function: Builtin,
        /// The arguments; `length` has none when it stands without parentheses.
        args: Vec<Expr>,
    },
    /// `getline` in one of its forms.
    Getline {
        /// Where the record comes from.
        input: Input,
        /// Where it goes, when not into `$0`.
        place: Option<Box<Place>>,
    },
}

/// Where `getline` reads.
#[derive(Clone, Debug)]
pub enum Input {
    /// The main input.
    Main,
    /// `getline < file`
    File(Box<Expr>),
    /// `command | getline`
    Command(Box<Expr>),
    /// `command |& getline`
    Coprocess(Box<Expr>),
}

/// What can be assigned.
#[derive(Clone, Debug)]
pub enum Place {
    /// A variable. Where an array is meant it is the array's name.
    Var(Ident),
    /// An array element.
    Element {
        /// The array.
        array: ArrayRef,
        /// One subscript, or several that are joined with `SUBSEP`.
        subscripts: Vec<Expr>,
    },
    /// `$index`
    Field(Box<Expr>),
}

/// The operators before one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Minus,
    /// `+`
    Plus,
    /// `!`
    Not,
}

/// The operators that change a place by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOp {
    /// `++`
    Increment,
    /// `--`
    Decrement,
}

/// The operators of arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Mod,
    /// `^`, also written `**`
    Pow,
}

/// The operators that compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
}

/// The operators that evaluate only as many operands as they need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogicalOp {
    /// `&&`
    And,
    /// `||`
    Or,
}

impl BinaryOp {
    /// How it is written.
    pub fn text(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "^",
        }
    }
}

impl CompareOp {
    /// How it is written.
    pub fn text(self) -> &'static str {
        match self {
            CompareOp::Less => "<",
            CompareOp::LessEqual => "<=",
            CompareOp::Equal => "==",
            CompareOp::NotEqual => "!=",
            CompareOp::Greater => ">",
            CompareOp::GreaterEqual => ">=",
        }
    }
}
