//! Variables that are read and never set, and functions that nobody calls: most of them are misspelt.

use super::{each_expr, each_stmt};
use crate::ast::{ArrayRef, Expr, ExprKind, Ident, NameId, Place, Program, StmtKind};
use crate::builtins::Param;
use crate::diagnostic::Diagnostic;
use crate::specials::is_reserved;
use std::collections::{HashMap, HashSet};

/// Which names are used how.
#[derive(Default)]
struct Uses {
    read: HashMap<NameId, Ident>,
    /// Set, or used so that an element comes to be.
    set: HashSet<NameId>,
    called: HashSet<NameId>,
    calls_by_name: bool,
}

/// Looks for names that are only read, and functions that are not called.
pub(super) fn check(program: &Program, assigned: &[String], found: &mut Vec<Diagnostic>) {
    let mut uses = Uses::default();
    each_stmt(program, &mut |stmt| match &stmt.kind {
        StmtKind::ForIn { variable, array, .. } => {
            uses.set.insert(variable.name);
            uses.reads(array.name);
        }
        StmtKind::Delete { array, .. } | StmtKind::DeleteAll(array) => uses.reads(array.name),
        _ => {}
    });
    each_expr(program, &mut |expr| uses.look(expr));
    let params: HashSet<NameId> =
        program.functions().flat_map(|function| &function.params).map(|param| param.name).collect();
    for (name, ident) in &uses.read {
        let text = program.names.text(*name);
        // A name that is a parameter somewhere is left alone: which one is meant takes the resolver to tell.
        let is_known = uses.set.contains(name) || params.contains(name) || is_reserved(text);
        if !is_known && !assigned.iter().any(|assigned| assigned == text) {
            found.push(Diagnostic::warning(ident.span, format!("`{text}' is never set")));
        }
    }
    for function in program.functions() {
        if !uses.calls_by_name && !uses.called.contains(&function.name.name) {
            let name = program.names.text(function.name.name);
            found.push(Diagnostic::warning(function.name.span, format!("`{name}' is never called")));
        }
    }
}

impl Uses {
    fn reads(&mut self, ident: Ident) {
        self.read.entry(ident.name).or_insert(ident);
    }

    fn sets(&mut self, place: &Place) {
        match place {
            Place::Var(ident) => {
                self.set.insert(ident.name);
            }
            Place::Element { array: ArrayRef { name, .. }, .. } => {
                self.set.insert(name.name);
            }
            Place::Field(_) => {}
        }
    }

    fn look(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Place(place) => match &**place {
                Place::Var(ident) => self.reads(*ident),
                Place::Element { array, .. } => self.reads(array.name),
                Place::Field(_) => {}
            },
            ExprKind::In { array, .. } => self.reads(array.name),
            ExprKind::Step { place, .. } | ExprKind::Assign { place, .. } => self.sets(place),
            ExprKind::Getline { place: Some(place), .. } => self.sets(place),
            ExprKind::Call { function, args } => {
                self.called.insert(function.name);
                // The function may fill an array.
                args.iter().for_each(|arg| self.sets_argument(arg));
            }
            ExprKind::IndirectCall { args, .. } => {
                self.calls_by_name = true;
                args.iter().for_each(|arg| self.sets_argument(arg));
            }
            ExprKind::Builtin { function, args } => {
                for (index, arg) in args.iter().enumerate() {
                    if let Some(Param::Array | Param::Target) = function.param(index) {
                        self.sets_argument(arg);
                    }
                }
                // A comparison function, by its name.
                self.calls_by_name |= matches!(function.name(), "asort" | "asorti") && args.len() > 2;
            }
            _ => {}
        }
    }

    fn sets_argument(&mut self, arg: &Expr) {
        if let ExprKind::Place(place) = &arg.ungrouped().kind {
            self.sets(place);
        }
    }
}
