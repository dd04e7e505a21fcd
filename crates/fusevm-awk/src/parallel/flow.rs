//! What the rules do with variables, in the order in which they do it.

use super::analysis::{Accumulator, Addition, Amount, Plan, PlannedChange, Refusal, refuse, whole};
use super::extreme::{Change, Test};
use crate::ast::{
    ArrayRef, Block, Expr, ExprKind, For, Function, Ident, NameId, Part, Pattern, Place, Program, Rule, Stmt,
    StmtKind, UnaryOp,
};
use crate::builtins::{Builtin, Param};
use crate::resolver::{Kind, Resolution};
use crate::source::Span;
use crate::specials::{Special, is_reserved};
use std::collections::{HashMap, HashSet};

/// What is known of a variable that the rules use.
#[derive(Debug, Default)]
struct Variable {
    /// Where it is read before the same record has set it.
    carried: Option<Span>,
    /// Where it is set, other than by an addition.
    set: Option<Span>,
    /// Where it is added to; to its elements, if it is an array.
    added: Option<Span>,
    is_array: bool,
    /// Whether something is added that is no whole number of the program text.
    adds_values: bool,
    /// Where it is set by a [`Change`].
    changed: Option<Span>,
}

/// The part of the program that is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Begin,
    Rules,
    /// A function, which the rules call.
    Function,
}

/// The variables that are set whichever way the program took; None where it does not come.
type Known = Option<HashSet<NameId>>;

pub(super) struct Flow<'a> {
    program: &'a Program,
    resolution: &'a Resolution,
    functions: HashMap<NameId, &'a Function>,
    /// The name of NF.
    nf: Option<NameId>,
    variables: HashMap<NameId, Variable>,
    known: Known,
    section: Section,
    /// The function that is looked at, whose parameters are its own.
    function: Option<&'a Function>,
    /// Functions that were looked at.
    seen: HashSet<NameId>,
    needs_record_numbers: bool,
    /// Whether the rules change the record.
    assigns_record: bool,
    /// Variables that keep extremes, as far as the single statements tell, and the changes of them.
    extremes: HashSet<NameId>,
    changes: Vec<Change<'a>>,
    /// Whether the statement that is looked at may run or not.
    is_conditional: bool,
    keeps_extremes: bool,
}

type Checked = Result<(), Refusal>;

impl<'a> Flow<'a> {
    /// The flow of a program of which nothing was looked at. Extremes are only looked for when they are wanted.
    pub fn new(program: &'a Program, resolution: &'a Resolution, keeps_extremes: bool) -> Flow<'a> {
        Flow {
            program,
            resolution,
            functions: program.functions().map(|function| (function.name.name, function)).collect(),
            nf: program.names.get("NF"),
            variables: HashMap::new(),
            known: Some(HashSet::new()),
            section: Section::Begin,
            function: None,
            seen: HashSet::new(),
            needs_record_numbers: false,
            assigns_record: false,
            extremes: HashSet::new(),
            changes: Vec::new(),
            is_conditional: false,
            keeps_extremes,
        }
    }

    /// Looks at a BEGIN rule: each worker runs it, so it must do the same each time, and nothing but print.
    pub fn begin(&mut self, rule: &'a Rule) -> Checked {
        self.section = Section::Begin;
        rule.action.as_ref().map_or(Ok(()), |action| self.block(action))
    }

    /// Looks at the rules for records.
    pub fn rules(&mut self, rules: &[&'a Rule]) -> Checked {
        self.section = Section::Rules;
        for rule in rules {
            self.find_extremes(rule);
        }
        self.variables.clear();
        self.seen.clear();
        self.known = Some(HashSet::new());
        for rule in rules {
            if let (Pattern::Expr(pattern), Some(action)) = (&rule.pattern, &rule.action)
                && self.change(pattern, &action.statements)?
            {
                continue;
            }
            if let Pattern::Expr(pattern) = &rule.pattern {
                self.expr(pattern)?;
            }
            let before = self.known.clone();
            self.is_conditional = !matches!(rule.pattern, Pattern::Always);
            if let Some(action) = &rule.action {
                self.block(action)?;
            }
            if !matches!(rule.pattern, Pattern::Always) {
                self.known = meet(before, self.known.take());
            }
        }
        Ok(())
    }

    /// Finds the variables that a rule compares with what it sets them to.
    fn find_extremes(&mut self, rule: &'a Rule) {
        let mut found = Vec::new();
        if let (Pattern::Expr(pattern), Some(action)) = (&rule.pattern, &rule.action) {
            found.extend(Change::of(pattern, &action.statements, self.nf));
        }
        let mut pending: Vec<&Stmt> = rule.action.iter().flat_map(|action| &action.statements).collect();
        while let Some(stmt) = pending.pop() {
            if let StmtKind::If { arms, otherwise: None } = &stmt.kind
                && let [(condition, body)] = &arms[..]
            {
                found.extend(Change::of(condition, std::slice::from_ref(body), self.nf));
            }
            if let StmtKind::Expr(expr) = &stmt.kind {
                found.extend(Change::choice(expr, self.nf));
            }
            stmt.each_part(&mut |part| match part {
                Part::Stmt(stmt) => pending.push(stmt),
                Part::Expr(_) => {}
            });
        }
        self.extremes.extend(found.iter().flat_map(|change| &change.sets).map(|(set, _)| set.name));
    }

    /// Looks at a guarded statement that may change what keeps an extreme; false if it does something else.
    fn change(&mut self, condition: &'a Expr, body: &'a [Stmt]) -> Result<bool, Refusal> {
        match Change::of(condition, body, self.nf) {
            Some(change) => self.keep(change),
            None => Ok(false),
        }
    }

    fn keep(&mut self, change: Change<'a>) -> Result<bool, Refusal> {
        let is_global = |(set, _): &(Ident, _)| {
            !is_reserved(self.text(*set))
                && self.resolution.kind(None, set.name) == Kind::Scalar
                && self.known.as_ref().is_some_and(|known| !known.contains(&set.name))
        };
        if !self.keeps_extremes || self.section != Section::Rules || !change.sets.iter().all(is_global) {
            return Ok(false);
        }
        self.aside(|flow| {
            let values =
                change.test.iter().map(Test::value).chain(change.sets.iter().map(|(_, value)| *value));
            let parts: Vec<_> = change.guards.iter().chain(&change.forces).copied().chain(values).collect();
            parts.into_iter().try_for_each(|part| flow.expr(part))
        })?;
        for (set, _) in &change.sets {
            self.variables.entry(set.name).or_default().changed.get_or_insert(change.span);
        }
        self.changes.push(change);
        Ok(true)
    }

    /// Looks at what END reads: nothing that a record leaves behind.
    pub fn end(&mut self, rules: &[&'a Rule]) -> Checked {
        let mut pending: Vec<Part<'a>> = Vec::new();
        let blocks = rules.iter().filter_map(|rule| rule.action.as_ref());
        pending.extend(blocks.flat_map(|block| &block.statements).map(Part::Stmt));
        let mut called = HashSet::new();
        while let Some(part) = pending.pop() {
            let expr = match part {
                Part::Stmt(stmt) => {
                    if self.assigns_record
                        && matches!(&stmt.kind, StmtKind::Print { args, .. } if args.is_empty())
                    {
                        return Err(refuse(stmt.span, LAST_RECORD));
                    }
                    stmt.each_part(&mut |part| pending.push(part));
                    continue;
                }
                Part::Expr(expr) => expr,
            };
            self.end_expr(expr)?;
            if let ExprKind::Call { function, .. } = &expr.kind
                && let Some(function) = self.functions.get(&function.name)
                && called.insert(function.name.name)
            {
                pending.extend(function.body.statements.iter().map(Part::Stmt));
            }
            expr.each_part(&mut |part| pending.push(Part::Expr(part)));
        }
        Ok(())
    }

    fn end_expr(&self, expr: &Expr) -> Checked {
        let reads_record = match &expr.kind {
            ExprKind::Place(place) => match &**place {
                Place::Field(_) => true,
                Place::Var(ident) => {
                    if self.text(*ident) == "RT" {
                        return Err(refuse(expr.span, "END looks at `RT'"));
                    }
                    self.is_not_left_behind(*ident)?;
                    self.text(*ident) == "NF"
                }
                Place::Element { array, .. } => {
                    self.is_not_left_behind(array.name)?;
                    false
                }
            },
            ExprKind::In { array, .. } => {
                self.is_not_left_behind(array.name)?;
                false
            }
            ExprKind::Regex(_) | ExprKind::Getline { .. } => true,
            ExprKind::Builtin { function, args } => match function {
                Builtin::Length => args.is_empty(),
                Builtin::Sub | Builtin::Gsub => args.len() < 3,
                _ => false,
            },
            _ => false,
        };
        if reads_record && self.assigns_record { Err(refuse(expr.span, LAST_RECORD)) } else { Ok(()) }
    }

    fn is_not_left_behind(&self, ident: Ident) -> Checked {
        match self.variables.get(&ident.name) {
            Some(variable) if variable.set.is_some() => {
                Err(refuse(ident.span, format!("END reads what a record has left in `{}'", self.text(ident))))
            }
            _ => Ok(()),
        }
    }

    /// What the rules need, if nothing goes on from record to record.
    pub fn plan(&self) -> Result<Plan, Refusal> {
        let mut plan = Plan { needs_record_numbers: self.needs_record_numbers, ..Plan::default() };
        let mut variables: Vec<_> = self.variables.iter().collect();
        variables.sort_by_key(|(name, _)| **name);
        for (id, variable) in variables {
            let name = self.program.names.text(*id);
            let carried = |span| refuse(span, format!("`{name}' goes on from record to record"));
            if let Some(changed) = variable.changed {
                let is_other = variable.set.or(variable.added).or(variable.carried).is_some();
                if is_other || !self.keeps_extreme(*id) {
                    return Err(carried(variable.carried.unwrap_or(changed)));
                }
                plan.kept.push(name.to_owned());
                continue;
            }
            match (variable.set, variable.added, variable.carried) {
                (Some(_), Some(added), _) => {
                    return Err(refuse(added, format!("`{name}' is not only added to")));
                }
                (Some(_), None, Some(span)) | (None, Some(_), Some(span)) => return Err(carried(span)),
                (None, Some(_), None) => {
                    let accumulator = Accumulator { name: name.to_owned(), counts: !variable.adds_values };
                    if variable.is_array {
                        plan.arrays.push(accumulator)
                    } else {
                        plan.scalars.push(accumulator)
                    }
                }
                _ => {}
            }
        }
        for change in &self.changes {
            let sets = change.sets.iter().map(|(set, _)| *set);
            let measured = sets.filter(|set| self.tests(set.name).next().is_some());
            let measured = measured.map(|set| self.text(set).to_owned()).collect();
            plan.changes.push(PlannedChange { measured });
        }
        Ok(plan)
    }

    /// The changes that compare a variable.
    fn tests(&self, variable: NameId) -> impl Iterator<Item = &Change<'a>> {
        self.changes.iter().filter(move |change| change.compares(variable))
    }

    /// Whether the changes of a variable make it an extreme, or what goes with one.
    fn keeps_extreme(&self, variable: NameId) -> bool {
        let changes = || self.changes.iter().filter(|change| change.sets_variable(variable));
        let mut tests = self.tests(variable);
        let Some(first) = tests.next() else {
            return changes().any(|change| change.test.is_some());
        };
        // What others set it to need not exceed it.
        let is_measured = |change: &Change| change.test.is_none() || change.compares(variable);
        let is_alike = |other: &Change| {
            other.seeks_greater() == first.seeks_greater()
                && other.states.is_empty()
                && first.states.is_empty()
        };
        changes().all(is_measured) && tests.all(is_alike)
    }

    /// The statements that change what keeps extremes, as the plan numbers them.
    pub fn changes(self) -> Vec<Change<'a>> {
        self.changes
    }

    fn text(&self, ident: Ident) -> &'a str {
        self.program.names.text(ident.name)
    }

    /// Whether a name is a parameter of the function that is looked at.
    fn is_local(&self, ident: Ident) -> bool {
        self.function.is_some_and(|function| function.params.iter().any(|param| param.name == ident.name))
    }

    // ---- variables -------------------------------------------------------------------------------

    fn reads(&mut self, ident: Ident) -> Checked {
        if self.is_local(ident) || self.section == Section::Begin {
            return Ok(());
        }
        match self.text(ident) {
            "NR" | "FNR" => self.needs_record_numbers = true,
            name @ ("RT" | "ERRNO" | "ARGIND" | "PROCINFO" | "SYMTAB" | "FUNCTAB") => {
                return Err(refuse(ident.span, format!("the rules look at `{name}'")));
            }
            _ => {}
        }
        if self.known.as_ref().is_some_and(|known| !known.contains(&ident.name)) {
            self.variables.entry(ident.name).or_default().carried.get_or_insert(ident.span);
        }
        Ok(())
    }

    fn sets(&mut self, ident: Ident) -> Checked {
        let name = self.text(ident);
        if self.is_local(ident) || self.section == Section::Begin && name != "SYMTAB" {
            return Ok(());
        }
        if name == "NF" {
            self.assigns_record = true;
            return Ok(());
        }
        if is_reserved(name) && !matches!(name, "RSTART" | "RLENGTH") {
            return Err(refuse(ident.span, format!("the rules set `{name}'")));
        }
        if self.section == Section::Function {
            return Err(refuse(ident.span, format!("a function that the rules call sets `{name}'")));
        }
        self.variables.entry(ident.name).or_default().set.get_or_insert(ident.span);
        if let Some(known) = &mut self.known {
            known.insert(ident.name);
        }
        Ok(())
    }

    /// Looks at the use of an element.
    fn element(&mut self, array: &'a ArrayRef, is_set: bool) -> Checked {
        self.parts_of(|visit| array.each_part(visit))?;
        // An element may be read that another record has set.
        if is_set && !self.is_local(array.name) && self.section != Section::Begin {
            self.reads(array.name)?;
            return self.sets(array.name);
        }
        self.reads(array.name)
    }

    fn parts_of(&mut self, each: impl FnOnce(&mut dyn FnMut(&'a Expr))) -> Checked {
        let mut parts = Vec::new();
        each(&mut |part| parts.push(part));
        parts.into_iter().try_for_each(|part| self.expr(part))
    }

    // ---- statements ------------------------------------------------------------------------------

    fn block(&mut self, block: &'a Block) -> Checked {
        block.statements.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Checked {
        match &stmt.kind {
            StmtKind::Expr(expr) => {
                let keeps = |name| self.is_conditional && self.extremes.contains(&name);
                let change = Change::choice(expr, self.nf).or_else(|| Change::always(expr, self.nf, keeps));
                match change.map(|change| self.keep(change)).transpose()? {
                    Some(true) => Ok(()),
                    _ => self.effect(expr),
                }
            }
            StmtKind::Print { redirect: Some(redirect), .. } => {
                Err(refuse(redirect.target.span, "output goes elsewhere than to the standard output"))
            }
            StmtKind::If { arms, otherwise } => {
                if let ([(condition, body)], None) = (&arms[..], otherwise)
                    && self.change(condition, std::slice::from_ref(body))?
                {
                    return Ok(());
                }
                let is_conditional = std::mem::replace(&mut self.is_conditional, true);
                let mut after = None;
                for (condition, body) in arms {
                    self.expr(condition)?;
                    let before = self.known.clone();
                    self.stmt(body)?;
                    after = meet(after, std::mem::replace(&mut self.known, before));
                }
                if let Some(body) = otherwise {
                    self.stmt(body)?;
                }
                self.known = meet(after, self.known.take());
                self.is_conditional = is_conditional;
                Ok(())
            }
            StmtKind::While { condition, body } => {
                self.expr(condition)?;
                self.aside(|flow| flow.stmt(body))
            }
            StmtKind::DoWhile { body, condition } => self.aside(|flow| {
                flow.stmt(body)?;
                flow.expr(condition)
            }),
            StmtKind::For(r#for) => {
                let For { init, condition, step, body } = &**r#for;
                init.iter().try_for_each(|init| self.stmt(init))?;
                condition.iter().try_for_each(|condition| self.expr(condition))?;
                self.aside(|flow| {
                    let before = flow.known.clone();
                    flow.stmt(body)?;
                    // `continue` may come here from anywhere in the body.
                    flow.known = before;
                    match step {
                        // In a loop a step is what `i++` alone means elsewhere: not an addition to keep.
                        Some(step) => match &step.kind {
                            StmtKind::Expr(step) => flow.expr(step),
                            _ => flow.stmt(step),
                        },
                        None => Ok(()),
                    }
                })
            }
            StmtKind::ForIn { variable, array, body } => {
                self.element(array, false)?;
                self.aside(|flow| {
                    flow.sets(*variable)?;
                    flow.stmt(body)
                })
            }
            StmtKind::Switch { subject, cases } => {
                self.expr(subject)?;
                self.aside(|flow| {
                    let before = flow.known.clone();
                    for case in cases {
                        flow.known = before.clone();
                        case.statements.iter().try_for_each(|stmt| flow.stmt(stmt))?;
                    }
                    Ok(())
                })
            }
            StmtKind::Break | StmtKind::Continue => {
                self.known = None;
                Ok(())
            }
            StmtKind::Next => {
                self.known = None;
                Ok(())
            }
            StmtKind::Return(value) => {
                value.iter().try_for_each(|value| self.expr(value))?;
                self.known = None;
                Ok(())
            }
            StmtKind::NextFile => Err(refuse(stmt.span, "`nextfile' depends on the records before")),
            StmtKind::Exit(_) => Err(refuse(stmt.span, "`exit' ends the records in the middle")),
            StmtKind::Delete { array, subscripts } => {
                self.parts_of(|visit| subscripts.iter().for_each(visit))?;
                self.element(array, true)
            }
            StmtKind::DeleteAll(array) if array.path.is_empty() => self.sets(array.name),
            StmtKind::DeleteAll(array) => self.element(array, true),
            StmtKind::Empty | StmtKind::Block(_) | StmtKind::Print { .. } => {
                let mut parts = Vec::new();
                stmt.each_part(&mut |part| parts.push(part));
                parts.into_iter().try_for_each(|part| match part {
                    Part::Expr(expr) => self.expr(expr),
                    Part::Stmt(stmt) => self.stmt(stmt),
                })
            }
        }
    }

    /// Looks at what may run or not: what it sets is not known after it.
    fn aside(&mut self, look: impl FnOnce(&mut Self) -> Checked) -> Checked {
        let before = self.known.clone();
        let result = look(self);
        self.known = before;
        result
    }

    /// Looks at an expression whose value nobody wants.
    fn effect(&mut self, expr: &'a Expr) -> Checked {
        let Some(Addition { place, amount }) = Addition::of(expr) else { return self.expr(expr) };
        let ident = match place {
            Place::Var(ident) => *ident,
            Place::Element { array, subscripts } if array.path.is_empty() => {
                self.parts_of(|visit| subscripts.iter().for_each(visit))?;
                array.name
            }
            _ => return self.expr(expr),
        };
        let is_known = self.known.as_ref().is_none_or(|known| known.contains(&ident.name));
        if self.section != Section::Rules || is_reserved(self.text(ident)) || is_known {
            return self.expr(expr);
        }
        if let Amount::Value(value) | Amount::Negated(value) = amount {
            self.expr(value)?;
        }
        let is_whole = match amount {
            Amount::Count(_) => true,
            Amount::Value(value) | Amount::Negated(value) => self.is_whole(value),
        };
        let variable = self.variables.entry(ident.name).or_default();
        variable.added.get_or_insert(expr.span);
        variable.is_array = matches!(place, Place::Element { .. });
        variable.adds_values |= !is_whole;
        Ok(())
    }

    /// Whether an expression gives whole numbers only, and none of which it would take less than years to add up to one
    /// that is not exact.
    fn is_whole(&self, expr: &Expr) -> bool {
        match &expr.ungrouped().kind {
            ExprKind::Place(place) => matches!(**place, Place::Var(ident) if self.text(ident) == "NF"),
            ExprKind::Regex(_) | ExprKind::Compare(..) | ExprKind::Match { .. } => true,
            ExprKind::In { .. } | ExprKind::Logical(..) | ExprKind::Unary(UnaryOp::Not, _) => true,
            ExprKind::Conditional { yes, no, .. } => {
                let is_whole = |way: &Expr| whole(way).is_some() || self.is_whole(way);
                is_whole(yes) && is_whole(no)
            }
            ExprKind::Builtin { function, .. } => {
                use Builtin::{Gsub, Index, Length, Match, Split, Sub};
                matches!(function, Gsub | Index | Length | Match | Split | Sub)
            }
            _ => false,
        }
    }

    // ---- expressions -----------------------------------------------------------------------------

    fn expr(&mut self, expr: &'a Expr) -> Checked {
        match &expr.kind {
            ExprKind::Place(place) => self.read_place(place),
            ExprKind::Step { place, .. } => {
                self.read_place(place)?;
                self.set_place(place)
            }
            ExprKind::Assign { op, place, value } => {
                if op.is_some() {
                    self.read_place(place)?;
                } else {
                    self.parts_of(|visit| place.each_part(visit))?;
                }
                self.expr(value)?;
                self.set_place(place)
            }
            ExprKind::Logical(_, operands) => {
                let mut operands = operands.iter();
                operands.next().map_or(Ok(()), |first| self.expr(first))?;
                self.aside(|flow| operands.try_for_each(|operand| flow.expr(operand)))
            }
            ExprKind::Conditional { condition, yes, no } => {
                self.expr(condition)?;
                self.aside(|flow| flow.expr(yes))?;
                self.aside(|flow| flow.expr(no))
            }
            ExprKind::In { keys, array } => {
                self.parts_of(|visit| keys.iter().for_each(visit))?;
                self.element(array, false)
            }
            ExprKind::Getline { .. } => Err(refuse(expr.span, "`getline' reads what other records need")),
            ExprKind::IndirectCall { .. } => Err(refuse(expr.span, "which function is called is not known")),
            ExprKind::Call { function, args } => {
                self.parts_of(|visit| args.iter().for_each(visit))?;
                for arg in args {
                    self.is_no_array(arg)?;
                }
                self.call(*function)
            }
            ExprKind::Builtin { function, args } => self.builtin(*function, args, expr.span),
            _ => self.parts_of(|visit| expr.each_part(visit)),
        }
    }

    fn read_place(&mut self, place: &'a Place) -> Checked {
        match place {
            Place::Var(ident) => self.reads(*ident),
            Place::Field(index) => self.expr(index),
            Place::Element { array, subscripts } => {
                self.parts_of(|visit| subscripts.iter().for_each(visit))?;
                self.element(array, false)
            }
        }
    }

    /// What is set; what stands inside was looked at.
    fn set_place(&mut self, place: &'a Place) -> Checked {
        match place {
            Place::Var(ident) => self.sets(*ident),
            Place::Element { array, .. } => self.element(array, true),
            Place::Field(_) => {
                self.assigns_record |= self.section != Section::Begin;
                Ok(())
            }
        }
    }

    /// A function could change an array that it is given, which it does not know by its name.
    fn is_no_array(&self, arg: &Expr) -> Checked {
        let ExprKind::Place(place) = &arg.ungrouped().kind else { return Ok(()) };
        match &**place {
            Place::Var(ident)
                if self.section != Section::Begin
                    && !self.is_local(*ident)
                    && self.resolution.kind(None, ident.name) != Kind::Scalar =>
            {
                Err(refuse(arg.span, format!("a function is given the array `{}'", self.text(*ident))))
            }
            Place::Element { .. } if self.resolution.facts.has_nested_arrays => {
                Err(refuse(arg.span, "a function is given what may be an array"))
            }
            _ => Ok(()),
        }
    }

    fn call(&mut self, name: Ident) -> Checked {
        let Some(&function) = self.functions.get(&name.name) else { return Ok(()) };
        if !self.seen.insert(name.name) {
            return Ok(());
        }
        let outer = (self.section, self.function.replace(function), self.known.clone());
        if self.section == Section::Rules {
            self.section = Section::Function;
        }
        // What its callers know is not known from each of them.
        self.known = Some(HashSet::new());
        let result = self.block(&function.body);
        (self.section, self.function, self.known) = outer;
        result
    }

    fn builtin(&mut self, function: Builtin, args: &'a [Expr], span: Span) -> Checked {
        match function {
            Builtin::Close | Builtin::Fflush | Builtin::System | Builtin::Bindtextdomain => {
                return Err(refuse(span, format!("`{}' acts on the world outside", function.name())));
            }
            Builtin::Rand => return Err(refuse(span, "`rand' gives numbers in order")),
            Builtin::Srand if self.section != Section::Begin => {
                return Err(refuse(span, "`srand' acts on other records"));
            }
            _ => {}
        }
        for (index, arg) in args.iter().enumerate() {
            match (function.param(index), &arg.ungrouped().kind) {
                // A function that fills an array empties it first; asort, which sorts it, reads it too.
                (Some(Param::Array), ExprKind::Place(place)) => {
                    if matches!(function, Builtin::Asort | Builtin::Asorti) && index == 0 {
                        self.read_place(place)?;
                    } else {
                        self.parts_of(|visit| place.each_part(visit))?;
                    }
                    self.set_place(place)?;
                }
                (Some(Param::Target), ExprKind::Place(place)) => {
                    self.read_place(place)?;
                    self.set_place(place)?;
                }
                _ => self.expr(arg)?,
            }
        }
        match function {
            Builtin::Sub | Builtin::Gsub if args.len() < 3 && self.section != Section::Begin => {
                self.assigns_record = true;
            }
            Builtin::Match => {
                for special in [Special::Rstart, Special::Rlength] {
                    if let Some(name) = self.program.names.get(special.name()) {
                        self.sets(Ident { name, span })?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

const LAST_RECORD: &str = "END looks at the last record, which the rules have changed";

/// What is known where two ways meet.
fn meet(one: Known, other: Known) -> Known {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.intersection(&other).copied().collect()),
        (known, None) | (None, known) => known,
    }
}
