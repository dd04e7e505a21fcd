//! One walk over the program: which names are used, and how.

use super::symbols::{SymbolId, Symbols};
use super::types::{Flow, NodeId, Types};
use super::{Facts, FunctionId, Kind, ResolveOptions, Scope, Source, value_source};
use crate::ast::*;
use crate::builtins::{Builtin, Param};
use crate::classic::Form;
use crate::compiler::Dialect;
use crate::diagnostic::Diagnostic;
use crate::parser::{array_of, bare_name};
use crate::source::Span;
use crate::specials::{FUNCTAB, PRESET, PROCINFO, SYMTAB, Special, is_numeric, is_reserved};
use std::collections::HashSet;

/// An argument of a call of a user-defined function.
pub(super) struct Argument {
    /// What is passed.
    pub passed: Passed,
    /// The parameter that takes it.
    pub param: SymbolId,
    pub span: Span,
}

/// What an argument is, as far as arrays are concerned.
#[derive(Clone, Copy)]
pub(super) enum Passed {
    /// A variable by its name; whether it is certainly a scalar, or an array, by then.
    Variable(SymbolId, bool),
    /// An element of an array, which can be an array.
    Element(SymbolId),
    /// A value that is no array.
    Value,
}

/// What the walk found.
pub(super) struct Collected {
    pub symbols: Symbols,
    pub arguments: Vec<Argument>,
    pub flow: Flow,
    /// Where `typeof` asks what a variable is that was certainly used before.
    pub settled_queries: HashSet<Span>,
    pub facts: Facts,
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

impl Collected {
    /// Elements of this array can be arrays.
    pub fn nest(&mut self, array: SymbolId) {
        self.facts.has_nested_arrays = true;
        self.symbols.symbol_mut(array).is_passed = true;
    }
}

impl Collected {
    /// Where functions are called by names that only the run knows, their parameters can be anything.
    pub fn open_to_all_callers(&mut self) {
        if !self.facts.calls_by_name {
            return;
        }
        for function in &self.symbols.functions {
            for &param in &function.params {
                self.flow.add(self.symbols.symbol(param).node, Types::ANY);
            }
        }
    }
}

pub(super) fn collect(program: &Program, options: &ResolveOptions) -> Collected {
    let names = &program.names;
    let mentions = |name| names.get(name).is_some();
    let facts = Facts {
        mentions_argv: mentions("ARGV"),
        mentions_symtab: mentions(SYMTAB),
        mentions_procinfo: mentions(PROCINFO),
        calls_by_name: mentions(PROCINFO) || mentions(FUNCTAB),
        ignores_case: mentions("IGNORECASE") || options.assigned.iter().any(|name| name == "IGNORECASE"),
        ..Facts::default()
    };
    // Through these a program assigns variables without naming them.
    let assigns_unseen = facts.mentions_argv || facts.mentions_symtab;
    let mut flow = Flow::default();
    let special_nodes = Special::ALL.iter().map(|&special| {
        let own = if is_numeric(special) { Types::NUMBER } else { Types::ANY };
        let is_assigned = assigns_unseen || options.assigned.iter().any(|name| name == special.name());
        let types = if is_assigned { own | Types::INPUT } else { own };
        flow.node(if facts.mentions_symtab { Types::ANY } else { types })
    });
    let special_nodes = special_nodes.collect();
    let fields = flow.node(Types::UNSET | Types::INPUT);
    let specials = names.iter().map(Special::from_name).collect();
    let mut collector = Collector {
        names,
        dialect: options.dialect,
        assigned: options.assigned.iter().filter_map(|name| names.get(name)).collect(),
        scope: None,
        in_file_rule: false,
        settled: Vec::new(),
        found: Collected {
            symbols: Symbols::new(specials, special_nodes, fields),
            arguments: Vec::new(),
            flow,
            settled_queries: HashSet::new(),
            facts,
            errors: Vec::new(),
            warnings: Vec::new(),
        },
    };
    collector.declare_functions(program);
    if options.dialect == Dialect::Posix {
        collector.check_params(program);
    }
    collector.program(program);
    collector.found
}

struct Collector<'a> {
    names: &'a Names,
    dialect: Dialect,
    /// The names that the command line assigns.
    assigned: Vec<NameId>,
    scope: Scope,
    in_file_rule: bool,
    /// The variables that are settled where the walk is, in the order in which they became so.
    settled: Vec<SymbolId>,
    found: Collected,
}

/// A value that is assigned: some kinds, or what an expression gives.
enum Value<'e> {
    Of(Types),
    From(&'e Expr),
}

impl Collector<'_> {
    fn error(&mut self, diagnostic: Diagnostic) {
        self.found.errors.push(diagnostic);
    }

    /// From here on, as far as it is certain that the run comes by, a variable is what it was used as.
    fn settle(&mut self, id: SymbolId) {
        let symbol = self.found.symbols.symbol_mut(id);
        if !symbol.is_settled {
            symbol.is_settled = true;
            self.settled.push(id);
        }
    }

    /// Walks what the run may pass over.
    fn perhaps(&mut self, walk: impl FnOnce(&mut Self)) {
        let before = self.settled.len();
        walk(self);
        for id in self.settled.drain(before..) {
            self.found.symbols.symbol_mut(id).is_settled = false;
        }
    }

    fn text(&self, ident: Ident) -> &str {
        self.names.text(ident.name)
    }

    // Functions and their parameters.

    fn declare_functions(&mut self, program: &Program) {
        for function in program.functions() {
            let Ident { name, span } = function.name;
            if is_reserved(self.names.text(name)) {
                let message = format!(
                    "`{}` is a built-in variable; no function can have its name",
                    self.text(function.name)
                );
                let classic =
                    format!("error: function name `{}' previously defined", self.text(function.name));
                self.error(Diagnostic::error(span, message).classic(Form::LastLine, classic));
            }
            let first = self.found.symbols.function(name);
            let result = self.found.flow.node(Types::UNSET);
            if self.found.symbols.add_function(name, span, result).is_none()
                && let Some(first) = first
            {
                let message = format!("function `{}` is defined twice", self.text(function.name));
                let first = self.found.symbols.functions[first.index()].defined;
                let classic =
                    format!("error: function name `{}' previously defined", self.text(function.name));
                let error = Diagnostic::error(span, message).related(first, "first defined here");
                self.error(error.classic(Form::LastLine, classic));
            }
            let id = FunctionId(self.found.symbols.functions.len() as u32 - 1);
            self.declare_params(id, function);
        }
    }

    /// Parameters with the names of functions, which POSIX forbids.
    fn check_params(&mut self, program: &Program) {
        for function in program.functions() {
            for param in &function.params {
                let Some(other) = self.found.symbols.function(param.name) else { continue };
                if param.name == function.name.name {
                    continue;
                }
                let (owner, text) = (self.text(function.name), self.text(*param));
                let defined = self.found.symbols.functions[other.index()].defined;
                let classic =
                    format!("error: function `{owner}': cannot use function `{text}' as a parameter name");
                let error =
                    Diagnostic::error(param.span, format!("parameter `{text}` has the name of a function"))
                        .related(defined, "the function is defined here")
                        .classic(Form::Unplaced, classic);
                self.error(error);
            }
        }
    }

    fn declare_params(&mut self, id: FunctionId, function: &Function) {
        for (index, param) in function.params.iter().enumerate() {
            let text = self.text(*param);
            let owner = self.text(function.name);
            let first = function.params[..index].iter().position(|other| other.name == param.name);
            let wrong = if let Some(first) = first {
                let classic =
                    format!("parameter #{}, `{text}', duplicates parameter #{}", index + 1, first + 1);
                Some((format!("parameter `{text}` is declared twice"), classic))
            } else if param.name == function.name.name {
                let classic = "cannot use function name as parameter name".to_owned();
                Some((format!("parameter `{text}` has the name of its function"), classic))
            } else if is_reserved(text) {
                let classic = format!("cannot use special variable `{text}' as a function parameter");
                Some((format!("`{text}` is a built-in variable; no parameter can have its name"), classic))
            } else {
                None
            };
            if let Some((message, classic)) = wrong {
                let mut error = Diagnostic::error(param.span, message)
                    .classic_line(format!("error: function `{owner}': {classic}"));
                if let Some(first) = first {
                    error = error.related(function.params[first].span, "first declared here");
                }
                self.error(error);
            }
            let node = self.found.flow.node(Types::UNSET);
            let symbol = self.found.symbols.add(param.name, Some(id), node);
            self.found.symbols.functions[id.index()].params.push(symbol);
        }
    }

    // Names.

    /// The variable that a name means; `None` for a special variable, or, with an error, for a function.
    fn variable(&mut self, ident: Ident) -> Option<SymbolId> {
        if let Some(id) = self.found.symbols.find(self.scope, ident.name) {
            if self.scope.is_some() {
                self.found.symbols.symbol_mut(id).is_used_in_function = true;
            }
            return Some(id);
        }
        if self.found.symbols.special(ident.name).is_some() {
            return None;
        }
        if let Some(function) = self.found.symbols.function(ident.name) {
            let defined = self.found.symbols.functions[function.index()].defined;
            let text = self.text(ident);
            let diagnostic =
                Diagnostic::error(ident.span, format!("function `{text}` is used as a variable"))
                    .related(defined, "the function is defined here")
                    .help(format!("a call is written `{text}(…)`, without a space before the parenthesis"));
            // Where the variable comes first, gawk has it that the function is wrong.
            self.error(if ident.span.start < defined.start {
                diagnostic
                    .classic(Form::LastLine, format!("error: function name `{text}' previously defined"))
                    .classic_at(defined.start)
            } else {
                diagnostic.classic_line(format!(
                    "error: function `{text}' called with space between name and `(',\n\
                     or used as a variable or an array"
                ))
            });
            return None;
        }
        Some(self.new_global(ident))
    }

    fn new_global(&mut self, ident: Ident) -> SymbolId {
        let may_be_assigned_from_outside =
            self.found.facts.mentions_argv || self.assigned.contains(&ident.name);
        let types = if may_be_assigned_from_outside { Types::UNSET | Types::INPUT } else { Types::UNSET };
        let types = if self.found.facts.mentions_symtab { Types::ANY } else { types };
        let node = self.found.flow.node(types);
        let id = self.found.symbols.add(ident.name, None, node);
        let preset = PRESET.iter().find(|(name, _)| *name == self.names.text(ident.name));
        let symbol = self.found.symbols.symbol_mut(id);
        symbol.is_used_in_function = self.scope.is_some();
        symbol.is_passed = self.found.facts.mentions_symtab;
        if let Some((_, is_array)) = preset {
            if *is_array {
                symbol.array_use = Some(ident.span);
            } else {
                symbol.scalar_use = Some(ident.span);
            }
            symbol.preset = Some(symbol.kind());
            self.found.flow.add(node, Types::ANY);
        }
        id
    }

    /// Reports a use of a variable that awk fills as what it is not.
    fn refuse_preset(&mut self, ident: Ident, id: SymbolId, used_as: Kind) -> bool {
        let (is, is_not) = match self.found.symbols.symbol(id).preset {
            Some(Kind::Array) if used_as == Kind::Scalar => ("array", "scalar"),
            Some(Kind::Scalar) if used_as == Kind::Array => ("scalar", "array"),
            _ => return false,
        };
        let article = if is_not == "array" { "an" } else { "a" };
        let message = format!("`{}` is a built-in {is}, not {article} {is_not}", self.text(ident));
        self.error(Diagnostic::error(ident.span, message));
        true
    }

    fn use_as_scalar(&mut self, ident: Ident) {
        if let Some(id) = self.variable(ident)
            && !self.refuse_preset(ident, id, Kind::Scalar)
        {
            self.found.symbols.symbol_mut(id).scalar_use.get_or_insert(ident.span);
        }
    }

    fn use_as_array(&mut self, ident: Ident) -> Option<NodeId> {
        match self.variable(ident) {
            Some(id) if self.refuse_preset(ident, id, Kind::Array) => None,
            Some(id) => {
                let symbol = self.found.symbols.symbol_mut(id);
                symbol.array_use.get_or_insert(ident.span);
                let node = symbol.node;
                self.settle(id);
                Some(node)
            }
            None => {
                if self.found.symbols.special(ident.name).is_some() {
                    let message = format!("`{}` is a built-in scalar, not an array", self.text(ident));
                    self.error(Diagnostic::error(ident.span, message));
                }
                None
            }
        }
    }

    /// An array with the subscripts that lead to it. All elements, however deep, are one node.
    fn use_array(&mut self, array: &ArrayRef) -> Option<NodeId> {
        array.path.iter().for_each(|subscripts| self.exprs(subscripts));
        let node = self.use_as_array(array.name);
        if !array.path.is_empty()
            && let Some(id) = self.variable(array.name)
        {
            self.found.nest(id);
        }
        node
    }

    // Values.

    fn assign(&mut self, node: NodeId, value: &Value<'_>) {
        match value {
            Value::Of(types) => self.found.flow.add(node, *types),
            Value::From(expr) => self.flow_into(node, expr),
        }
    }

    fn flow_into(&mut self, node: NodeId, expr: &Expr) {
        match value_source(&self.found.symbols, self.scope, expr) {
            Source::Fixed(types) => self.found.flow.add(node, types),
            Source::Node(from) => self.found.flow.connect(from, node),
            Source::Same(inner) => self.flow_into(node, inner),
            Source::Either(left, right) => {
                self.flow_into(node, left);
                self.flow_into(node, right);
            }
        }
    }

    // The walk.

    fn program(&mut self, program: &Program) {
        let mut function_count = 0;
        for item in &program.items {
            match item {
                Item::Rule(rule) => self.perhaps(|this| this.rule(rule)),
                Item::Function(function) => {
                    self.scope = Some(FunctionId(function_count));
                    function_count += 1;
                    self.perhaps(|this| this.block(&function.body));
                    self.scope = None;
                }
            }
        }
    }

    fn rule(&mut self, rule: &Rule) {
        if !matches!(rule.pattern, Pattern::Begin) {
            self.found.facts.reads_input = true;
        }
        match &rule.pattern {
            Pattern::Begin | Pattern::End | Pattern::Always => {}
            Pattern::BeginFile | Pattern::EndFile => {
                self.found.facts.has_file_rules = true;
                self.in_file_rule = true;
            }
            Pattern::Expr(expr) => self.expr(expr),
            Pattern::Range(from, to) => {
                self.expr(from);
                self.expr(to);
            }
        }
        if let Some(action) = &rule.action {
            self.block(action);
        }
        self.in_file_rule = false;
    }

    /// Whether what is walked becomes a sub, so that `next` and `exit` are signals there.
    fn in_sub(&self) -> bool {
        self.scope.is_some() || self.in_file_rule
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.statements {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Empty | StmtKind::Break | StmtKind::Continue => {}
            StmtKind::Block(block) => self.block(block),
            StmtKind::Expr(expr) => self.expr(expr),
            StmtKind::Print { args, redirect, .. } => {
                self.exprs(args);
                redirect.iter().for_each(|redirect| self.expr(&redirect.target));
            }
            StmtKind::If { arms, otherwise } => {
                for (index, (condition, body)) in arms.iter().enumerate() {
                    if index == 0 {
                        self.expr(condition);
                    } else {
                        self.perhaps(|this| this.expr(condition));
                    }
                    self.perhaps(|this| this.stmt(body));
                }
                otherwise.iter().for_each(|body| self.perhaps(|this| this.stmt(body)));
            }
            StmtKind::While { condition, body } | StmtKind::DoWhile { body, condition } => {
                self.perhaps(|this| {
                    this.expr(condition);
                    this.stmt(body);
                });
            }
            StmtKind::For(parts) => {
                parts.init.iter().for_each(|stmt| self.stmt(stmt));
                parts.condition.iter().for_each(|expr| self.expr(expr));
                parts.step.iter().for_each(|stmt| self.perhaps(|this| this.stmt(stmt)));
                self.perhaps(|this| this.stmt(&parts.body));
            }
            StmtKind::ForIn { variable, array, body } => {
                self.write_variable(*variable, &Value::Of(Types::STRING));
                self.use_array(array);
                self.perhaps(|this| this.stmt(body));
            }
            StmtKind::Switch { subject, cases } => {
                self.expr(subject);
                for Case { label, statements } in cases {
                    label.iter().for_each(|label| self.expr(label));
                    self.perhaps(|this| statements.iter().for_each(|stmt| this.stmt(stmt)));
                }
            }
            StmtKind::Next => self.found.facts.next_in_function |= self.in_sub(),
            StmtKind::NextFile => self.found.facts.nextfile_in_function |= self.in_sub(),
            StmtKind::Exit(status) => {
                self.found.facts.exit_in_function |= self.in_sub();
                self.found.facts.exit_in_rule |= !self.in_sub();
                status.iter().for_each(|status| self.expr(status));
            }
            StmtKind::Return(value) => {
                if let (Some(value), Some(function)) = (value, self.scope) {
                    self.expr(value);
                    let result = self.found.symbols.functions[function.index()].result;
                    self.flow_into(result, value);
                }
            }
            StmtKind::Delete { array, subscripts } => {
                self.use_array(array);
                self.exprs(subscripts);
            }
            StmtKind::DeleteAll(array) => {
                self.use_array(array);
            }
        }
    }

    fn exprs(&mut self, exprs: &[Expr]) {
        exprs.iter().for_each(|expr| self.expr(expr));
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Number(_)
            | ExprKind::Str(_)
            | ExprKind::Regex(_)
            | ExprKind::TypedRegex(_)
            | ExprKind::Column(_) => {}
            ExprKind::Place(place) => self.read(place),
            ExprKind::Group(inner) | ExprKind::Unary(_, inner) => self.expr(inner),
            ExprKind::Step { place, .. } => {
                self.read(place);
                self.write(place, &Value::Of(Types::NUMBER));
            }
            ExprKind::Binary { first, rest } => {
                self.expr(first);
                rest.iter().for_each(|(_, operand)| self.expr(operand));
            }
            ExprKind::Concat(parts) => self.exprs(parts),
            ExprKind::Logical(_, parts) => {
                let Some((first, rest)) = parts.split_first() else { return };
                self.expr(first);
                self.perhaps(|this| this.exprs(rest));
            }
            ExprKind::Compare(_, left, right) | ExprKind::Match { text: left, pattern: right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::In { keys, array } => {
                self.exprs(keys);
                self.use_array(array);
            }
            ExprKind::Conditional { condition, yes, no } => {
                self.expr(condition);
                self.perhaps(|this| this.expr(yes));
                self.perhaps(|this| this.expr(no));
            }
            ExprKind::Assign { op, place, value } => {
                self.expr(value);
                if op.is_some() {
                    self.read(place);
                    self.write(place, &Value::Of(Types::NUMBER));
                } else {
                    self.places(place);
                    self.write(place, &Value::From(value));
                }
            }
            ExprKind::Call { function, args } => self.call(*function, args),
            ExprKind::IndirectCall { variable, args } => self.indirect_call(*variable, args),
            ExprKind::Builtin { function, args } => self.builtin(*function, args),
            ExprKind::Getline { input, place } => self.getline(input, place.as_deref()),
        }
    }

    /// The expressions inside a place.
    fn places(&mut self, place: &Place) {
        match place {
            Place::Var(_) => {}
            Place::Element { subscripts, .. } => self.exprs(subscripts),
            Place::Field(index) => self.expr(index),
        }
    }

    fn read(&mut self, place: &Place) {
        self.places(place);
        match place {
            Place::Var(ident) => self.use_as_scalar(*ident),
            Place::Element { array, .. } => {
                self.use_array(array);
            }
            Place::Field(_) => {}
        }
    }

    /// Notes an assignment; the expressions inside the place are the caller's.
    fn write(&mut self, place: &Place, value: &Value<'_>) {
        match place {
            Place::Var(ident) => self.write_variable(*ident, value),
            Place::Element { array, .. } => {
                if let Some(node) = self.use_array(array) {
                    self.assign(node, value);
                }
            }
            Place::Field(_) => {
                self.found.facts.assigns_fields = true;
                let fields = self.found.symbols.fields;
                self.assign(fields, value);
                // The record is put together anew, of text.
                self.found.flow.add(fields, Types::STRING);
            }
        }
    }

    fn write_variable(&mut self, ident: Ident, value: &Value<'_>) {
        self.use_as_scalar(ident);
        if let Some(id) = self.found.symbols.find(self.scope, ident.name) {
            let node = self.found.symbols.symbol(id).node;
            self.assign(node, value);
            self.settle(id);
        } else if let Some(special) = self.found.symbols.special(ident.name) {
            self.found.facts.assigns_nf |= special == Special::Nf;
            let node = self.found.symbols.special_node(special);
            self.assign(node, value);
        }
    }

    fn getline(&mut self, input: &Input, place: Option<&Place>) {
        self.found.facts.getline_in_function |= self.scope.is_some();
        match input {
            Input::Main => self.found.facts.getline_main = true,
            Input::File(expr) | Input::Command(expr) | Input::Coprocess(expr) => self.expr(expr),
        }
        if let Some(place) = place {
            self.places(place);
            self.write(place, &Value::Of(Types::INPUT));
        }
    }

    fn builtin(&mut self, function: Builtin, args: &[Expr]) {
        for (index, arg) in args.iter().enumerate() {
            match (function.param(index), bare_name(arg)) {
                (Some(Param::Array), _) => {
                    if let Some(array) = array_of(arg)
                        && let Some(node) = self.use_array(&array)
                    {
                        self.found.flow.add(node, elements_from(function, index));
                    }
                }
                // `length(x)` says nothing of what x is.
                (Some(Param::ValueOrArray), Some(either)) => {
                    if let Some(id) = self.variable(either) {
                        let symbol = self.found.symbols.symbol_mut(id);
                        symbol.is_queried |= function != Builtin::Length;
                        if function == Builtin::Typeof {
                            symbol.is_tracked |= !symbol.is_settled;
                            let is_settled = symbol.is_settled;
                            self.found.settled_queries.extend(is_settled.then_some(arg.span));
                        }
                    }
                }
                (Some(Param::Target), _) => {
                    self.expr(arg);
                    if let ExprKind::Place(place) = &arg.kind {
                        self.write(place, &Value::Of(Types::STRING));
                    }
                }
                _ => self.expr(arg),
            }
        }
        if matches!(function, Builtin::Asort | Builtin::Asorti) {
            self.found.facts.calls_by_name |= args.len() > 2;
            // What is sorted goes from one array to the other.
            let nodes: Vec<_> = args.iter().filter_map(|a| self.found_node(a)).collect();
            if let [from, to] = nodes[..] {
                self.found.flow.connect(from, to);
            }
        }
        if matches!(function, Builtin::Sub | Builtin::Gsub) && args.len() == 2 {
            self.found.facts.assigns_fields = true;
            self.found.flow.add(self.found.symbols.fields, Types::STRING);
        }
    }

    fn call(&mut self, function: Ident, args: &[Expr]) {
        let id = self.callee(function);
        let param_count = id.map_or(args.len(), |id| self.found.symbols.functions[id.index()].params.len());
        if args.len() > param_count {
            self.too_many_arguments(function, id, &args[param_count], args.len());
        }
        for (index, arg) in args.iter().enumerate() {
            let Some(passed) = self.argument(arg) else { continue };
            let Some(function) = id.filter(|_| index < param_count) else { continue };
            let param = self.found.symbols.functions[function.index()].params[index];
            let node = self.found.symbols.symbol(param).node;
            self.flow_into(node, arg);
            self.found.arguments.push(Argument { passed, param, span: arg.span });
        }
    }

    /// Walks an argument; nothing when it is an error.
    fn argument(&mut self, arg: &Expr) -> Option<Passed> {
        if let Some(ident) = bare_name(arg) {
            let Some(id) = self.variable(ident) else {
                return self.found.symbols.special(ident.name).map(|_| Passed::Value);
            };
            let symbol = self.found.symbols.symbol_mut(id);
            symbol.is_passed = true;
            return Some(Passed::Variable(id, symbol.is_settled));
        }
        self.expr(arg);
        let base = array_of(arg).and_then(|array| self.variable(array.name));
        Some(base.map_or(Passed::Value, Passed::Element))
    }

    /// `@variable(…)`: the function can be any, so the arguments can be anything to it.
    fn indirect_call(&mut self, variable: Ident, args: &[Expr]) {
        self.found.facts.calls_by_name = true;
        self.use_as_scalar(variable);
        for arg in args {
            match self.argument(arg) {
                Some(Passed::Variable(id, _)) => {
                    let symbol = self.found.symbols.symbol_mut(id);
                    symbol.is_dynamic |= symbol.preset.is_none();
                    let node = symbol.node;
                    self.found.flow.add(node, Types::ANY);
                }
                Some(Passed::Element(id)) => {
                    self.found.nest(id);
                    let node = self.found.symbols.symbol(id).node;
                    self.found.flow.add(node, Types::ANY);
                }
                Some(Passed::Value) | None => {}
            }
        }
    }

    /// The node of an array or variable that an expression names.
    fn found_node(&self, expr: &Expr) -> Option<NodeId> {
        let id = self.found.symbols.find(self.scope, array_of(expr)?.name.name)?;
        Some(self.found.symbols.symbol(id).node)
    }

    /// The function that is called. One that nobody defines is an error when the call happens, as in gawk.
    fn callee(&mut self, function: Ident) -> Option<FunctionId> {
        let text = self.names.text(function.name);
        let is_param = self.found.symbols.param(self.scope, function.name).is_some();
        let id = self.found.symbols.function(function.name);
        if is_param || (id.is_none() && self.is_variable(function)) {
            let what = if is_param { "parameter" } else { "variable" };
            let message = format!("{what} `{text}` is called like a function");
            let classic = format!("error: attempt to use non-function `{text}' in function call");
            self.error(Diagnostic::error(function.span, message).classic_line(classic));
            return None;
        }
        if id.is_none() {
            let mut diagnostic = Diagnostic::warning(function.span, format!("unknown function `{text}`"));
            let built_in =
                text.rsplit("::").next().filter(|name| Builtin::from_name(name.as_bytes()).is_some());
            if let Some(built_in) = built_in {
                diagnostic = diagnostic.help(match self.dialect.option() {
                    None => format!("the built-in function is `awk::{built_in}` here"),
                    Some(option) => format!("it is gawk's, and {option} leaves it out"),
                });
            } else if let Some(similar) = self.similar_function(text) {
                diagnostic = diagnostic.help(format!("did you mean `{similar}`?"));
            }
            self.found.warnings.push(diagnostic.not_classic());
        }
        id
    }

    /// Whether a name is that of a variable by now.
    fn is_variable(&self, ident: Ident) -> bool {
        self.found.symbols.special(ident.name).is_some()
            || PRESET.iter().any(|(name, _)| *name == self.text(ident))
            || self.found.symbols.find(None, ident.name).is_some()
    }

    fn similar_function(&self, text: &str) -> Option<String> {
        let defined = self.found.symbols.functions().map(|function| self.names.text(function.name));
        let built_in = Builtin::all().iter().map(|builtin| builtin.name());
        let ranked = defined.chain(built_in).map(|name| (distance(text, name), name));
        let (distance, name) = ranked.min_by_key(|(distance, _)| *distance)?;
        (distance <= text.len().max(name.len()) / 3).then(|| name.to_owned())
    }

    fn too_many_arguments(&mut self, function: Ident, id: Option<FunctionId>, first: &Expr, count: usize) {
        let Some(id) = id else { return };
        let known = &self.found.symbols.functions[id.index()];
        let takes = match known.params.len() {
            0 => "no arguments".to_owned(),
            1 => "at most 1 argument".to_owned(),
            count => format!("at most {count} arguments"),
        };
        let message = format!("`{}` takes {takes}; this call has {count}", self.text(function));
        let diagnostic =
            Diagnostic::warning(first.span, message).related(known.defined, "the function is defined here");
        // gawk tells it when the run comes by.
        self.found.warnings.push(diagnostic.not_classic());
    }
}

/// What a built-in function puts into the array that is argument `index`.
fn elements_from(function: Builtin, index: usize) -> Types {
    match (function, index) {
        (Builtin::Split, 1) => Types::INPUT,
        (Builtin::Split, _) => Types::STRING,
        (Builtin::Intdiv, _) => Types::NUMBER,
        _ => Types::ANY,
    }
}

/// How many single-character edits lead from one word to the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.bytes().enumerate() {
            let substitute = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.len()]
}
