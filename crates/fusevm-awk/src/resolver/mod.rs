//! Names to places: what each name of the program stands for, decided before it runs.
//!
//! Awk declares nothing: a name is a function, a parameter, a special variable or a global, and a scalar or an array,
//! by how the program uses it. One walk collects the uses (`collect`); what a parameter is follows through calls
//! to the arguments (`kinds`); what values a variable can have follows through assignments (`types`).

mod collect;
mod kinds;
mod symbols;
#[cfg(test)]
mod tests;
mod types;

pub use types::Types;

use crate::ast::{Expr, ExprKind, Ident, NameId, Place, Program};
use crate::builtins::{Builtin, Gives};
use crate::compiler::Dialect;
use crate::diagnostic::Diagnostic;
use crate::parser::MAX_ERRORS;
use crate::source::Span;
use crate::specials::Special;
use std::collections::HashSet;
use symbols::Symbols;
use types::{Flow, NodeId};

/// What the resolver must know beside the program.
#[derive(Clone, Debug, Default)]
pub struct ResolveOptions {
    /// Names that the command line assigns (`-v name=value`, `name=value` operands).
    pub assigned: Vec<String>,
    /// The awk that the program is written for; the rules of POSIX are stricter than gawk's.
    pub dialect: Dialect,
}

/// A user-defined function, by its place among the program's functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub(crate) u32);

impl FunctionId {
    /// The number, dense from 0 in source order.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where a name is used: in a function, or outside all of them.
pub type Scope = Option<FunctionId>;

/// What a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One value.
    Scalar,
    /// An associative array.
    Array,
    /// One value or an array, as it turns out: it is used as both, or called with both.
    Dynamic,
    /// Nothing says which: it is only passed on, measured with `length`, or not used. It may hold either.
    Unknown,
}

/// A variable outside all functions.
#[derive(Clone, Debug)]
pub struct Global {
    /// Its name.
    pub name: NameId,
    /// Scalar or array; a global of which nothing is known is a scalar that has no value.
    pub kind: Kind,
    /// Whether it is an argument of a call by its bare name, so that another name can mean the same array; or
    /// whether it is an array whose elements can be arrays.
    pub is_passed: bool,
    /// Whether a function uses it.
    pub is_used_in_function: bool,
}

/// A parameter, which is also how awk spells a local variable.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: NameId,
    /// Scalar, array, or whatever the caller passes.
    pub kind: Kind,
}

/// What is known of a user-defined function.
#[derive(Clone, Debug)]
pub struct FunctionInfo {
    /// Its name.
    pub name: NameId,
    /// Its parameters, in order.
    pub params: Vec<Local>,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A variable of the record and I/O machinery.
    Special(Special),
    /// The global of that index.
    Global(usize),
    /// The parameter of that index.
    Local(usize),
}

/// What a program does, as far as its shape depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// There are rules for records, or `END`, so that the main input is read.
    pub reads_input: bool,
    /// A function uses `next`.
    pub next_in_function: bool,
    /// A function uses `nextfile`.
    pub nextfile_in_function: bool,
    /// A function uses `exit`.
    pub exit_in_function: bool,
    /// A rule uses `exit`.
    pub exit_in_rule: bool,
    /// A `getline` reads the main input.
    pub getline_main: bool,
    /// A function uses `getline` in some form.
    pub getline_in_function: bool,
    /// A field or the record is assigned: by `=`, `++`, `sub`, `getline`.
    pub assigns_fields: bool,
    /// `NF` is assigned.
    pub assigns_nf: bool,
    /// Elements of arrays can be arrays.
    pub has_nested_arrays: bool,
    /// Functions can be called by a name that only the run knows: indirectly, or as comparison functions.
    pub calls_by_name: bool,
    /// There are rules for `BEGINFILE` or `ENDFILE`.
    pub has_file_rules: bool,
    /// Variables can be reached by a name that only the run knows, through `SYMTAB`.
    pub mentions_symtab: bool,
    /// `PROCINFO` is mentioned: the order of `for (… in …)` may be set.
    pub mentions_procinfo: bool,
    /// Letter case may not count in comparisons: `IGNORECASE` is mentioned.
    pub ignores_case: bool,
    /// `ARGV` is mentioned: the program may add assignments to the command line as it runs.
    pub mentions_argv: bool,
}

/// Everything that the names of a program stand for.
pub struct Resolution {
    /// The globals that the program mentions, special ones aside, in order of first mention.
    pub globals: Vec<Global>,
    /// The functions, in source order.
    pub functions: Vec<FunctionInfo>,
    /// What the program does.
    pub facts: Facts,
    /// Doubtful places that keep nobody from running the program.
    pub warnings: Vec<Diagnostic>,
    symbols: Symbols,
    flow: Flow,
    settled_queries: HashSet<Span>,
}

/// Resolves the names of a program.
///
/// # Errors
/// Names used in two meanings, calls of what is no function, and their like; at most [`MAX_ERRORS`], in source order.
pub fn resolve(program: &Program, options: &ResolveOptions) -> Result<Resolution, Vec<Diagnostic>> {
    let mut collected = collect::collect(program, options);
    kinds::infer(&mut collected);
    collected.open_to_all_callers();
    let mut errors = collected.errors;
    if !errors.is_empty() {
        errors.sort_by_key(|error| error.span.start);
        errors.dedup();
        errors.truncate(MAX_ERRORS);
        return Err(errors);
    }
    collected.flow.settle();
    let symbols = collected.symbols;
    let globals = symbols.globals().map(|symbol| Global {
        name: symbol.name,
        kind: symbol.kind(),
        is_passed: symbol.is_passed,
        is_used_in_function: symbol.is_used_in_function,
    });
    let functions = program.functions().zip(symbols.functions()).map(|(function, known)| FunctionInfo {
        name: function.name.name,
        params: known
            .params
            .iter()
            .map(|&id| symbols.symbol(id))
            .map(|symbol| Local { name: symbol.name, kind: symbol.kind() })
            .collect(),
    });
    Ok(Resolution {
        globals: globals.collect(),
        functions: functions.collect(),
        facts: collected.facts,
        warnings: collected.warnings,
        symbols,
        flow: collected.flow,
        settled_queries: collected.settled_queries,
    })
}

impl Resolution {
    /// What a name stands for where it is used.
    pub fn binding(&self, scope: Scope, name: NameId) -> Option<Binding> {
        if let Some(index) = self.symbols.param(scope, name) {
            return Some(Binding::Local(index));
        }
        if let Some(special) = self.symbols.special(name) {
            return Some(Binding::Special(special));
        }
        self.symbols.global_index(name).map(Binding::Global)
    }

    /// Whether a name means an array where it is used.
    pub fn kind(&self, scope: Scope, name: NameId) -> Kind {
        self.symbols.find(scope, name).map_or(Kind::Scalar, |id| self.symbols.symbol(id).kind())
    }

    /// Whether the variable that `typeof` asks about there was certainly used before.
    pub fn is_settled_query(&self, span: Span) -> bool {
        self.settled_queries.contains(&span)
    }

    /// The function of that name.
    pub fn function(&self, name: NameId) -> Option<FunctionId> {
        self.symbols.function(name)
    }

    /// What values an expression can have.
    pub fn types(&self, scope: Scope, expr: &Expr) -> Types {
        let source = value_source(&self.symbols, scope, expr);
        match source {
            Source::Fixed(types) => types,
            Source::Node(node) => self.flow.types(node),
            Source::Same(inner) => self.types(scope, inner),
            Source::Either(left, right) => self.types(scope, left) | self.types(scope, right),
        }
    }
}

/// Where the value of an expression comes from.
enum Source<'e> {
    Fixed(Types),
    Node(NodeId),
    Same(&'e Expr),
    Either(&'e Expr, &'e Expr),
}

fn value_source<'e>(symbols: &Symbols, scope: Scope, expr: &'e Expr) -> Source<'e> {
    match &expr.kind {
        ExprKind::Str(_) | ExprKind::Concat(_) | ExprKind::TypedRegex(_) => Source::Fixed(Types::STRING),
        ExprKind::IndirectCall { .. } => Source::Fixed(Types::ANY),
        ExprKind::Group(inner) => Source::Same(inner),
        ExprKind::Conditional { yes, no, .. } => Source::Either(yes, no),
        ExprKind::Assign { op: None, value, .. } => Source::Same(value),
        ExprKind::Place(place) => match &**place {
            Place::Field(_) => Source::Node(symbols.fields),
            Place::Var(ident) => named(symbols, scope, *ident),
            Place::Element { array, .. } => named(symbols, scope, array.name),
        },
        ExprKind::Call { function, .. } => match symbols.function(function.name) {
            Some(id) => Source::Node(symbols.functions[id.index()].result),
            None => Source::Fixed(Types::ANY),
        },
        ExprKind::Builtin { function, .. } => Source::Fixed(builtin_types(*function)),
        ExprKind::Number(_)
        | ExprKind::Column(_)
        | ExprKind::Regex(_)
        | ExprKind::Unary(..)
        | ExprKind::Step { .. }
        | ExprKind::Binary { .. }
        | ExprKind::Compare(..)
        | ExprKind::Match { .. }
        | ExprKind::In { .. }
        | ExprKind::Logical(..)
        | ExprKind::Assign { op: Some(_), .. }
        | ExprKind::Getline { .. } => Source::Fixed(Types::NUMBER),
    }
}

fn named<'e>(symbols: &Symbols, scope: Scope, ident: Ident) -> Source<'e> {
    match symbols.find(scope, ident.name) {
        Some(id) => Source::Node(symbols.symbol(id).node),
        None => match symbols.special(ident.name) {
            Some(special) => Source::Node(symbols.special_node(special)),
            None => Source::Fixed(Types::ANY),
        },
    }
}

fn builtin_types(builtin: Builtin) -> Types {
    match builtin.gives() {
        Gives::Number => Types::NUMBER,
        Gives::String => Types::STRING,
    }
}
