//! Which variables are arrays: what their uses say, and what follows through calls.
//!
//! Nothing here is an error. A variable that is used in both ways, or called with both, is dynamic: the call may never
//! happen, or the function may look first at what it got, so what is wrong shows when the program runs.

use super::Kind;
use super::collect::{Argument, Collected, Passed};
use super::symbols::{SymbolId, Symbols};
use crate::source::Span;
use std::collections::{HashMap, HashSet};

/// Which variables calls pass by their names.
#[derive(Default)]
struct Passings {
    /// For each parameter the variables, each with whether it is settled by then, and where it is passed.
    to: HashMap<SymbolId, Vec<(SymbolId, bool, Span)>>,
    /// For each variable the parameters.
    from: HashMap<SymbolId, Vec<SymbolId>>,
}

impl Passings {
    fn of(arguments: &[Argument]) -> Passings {
        let mut passings = Passings::default();
        for argument in arguments {
            let Passed::Variable(variable, is_settled) = argument.passed else { continue };
            passings.to.entry(argument.param).or_default().push((variable, is_settled, argument.span));
            passings.from.entry(variable).or_default().push(argument.param);
        }
        passings
    }

    fn to(&self, param: SymbolId) -> &[(SymbolId, bool, Span)] {
        self.to.get(&param).map_or(&[], Vec::as_slice)
    }

    fn from(&self, variable: SymbolId) -> &[SymbolId] {
        self.from.get(&variable).map_or(&[], Vec::as_slice)
    }
}

/// Finds every array, and everything that can be an array or a scalar.
pub(super) fn infer(collected: &mut Collected) {
    propagate(collected, Kind::Array);
    propagate(collected, Kind::Scalar);
    find_dynamic(collected);
    propagate(collected, Kind::Dynamic);
    connect_elements(collected);
}

/// A variable that nothing else is known of is what the parameter is that it is passed to.
fn propagate(collected: &mut Collected, kind: Kind) {
    let Collected { symbols, arguments, .. } = collected;
    let passings = Passings::of(arguments);
    let mut pending: Vec<SymbolId> = symbols.ids().filter(|&id| symbols.symbol(id).kind() == kind).collect();
    while let Some(param) = pending.pop() {
        for &(variable, _, span) in passings.to(param) {
            let symbol = symbols.symbol_mut(variable);
            if symbol.kind() != Kind::Unknown {
                continue;
            }
            match kind {
                Kind::Array => symbol.array_use = Some(span),
                Kind::Dynamic => symbol.is_dynamic = true,
                _ => symbol.scalar_use = Some(span),
            }
            pending.push(variable);
        }
    }
}

/// Finds what can be a scalar as well as an array.
fn find_dynamic(collected: &mut Collected) {
    // A parameter that is used as an array, when the function asks what it is.
    let symbols = &mut collected.symbols;
    for id in symbols.ids() {
        let symbol = symbols.symbol_mut(id);
        symbol.is_dynamic |= symbol.owner.is_some() && symbol.is_queried && symbol.kind() == Kind::Array;
    }
    track(collected);
    spread(collected);
}

/// What is used in both ways, by one name or by that of a parameter, is what the run uses it as first; so is
/// everything that means the same. Where a function asks what it got, this goes no further: it knows.
fn spread(collected: &mut Collected) {
    let Collected { symbols, arguments, .. } = collected;
    let is_asked = |symbols: &Symbols, id| symbols.symbol(id).is_queried;
    let mut pending: Vec<SymbolId> = symbols
        .ids()
        .filter(|&id| symbols.symbol(id).kind() == Kind::Dynamic && !is_asked(symbols, id))
        .collect();
    for argument in arguments.iter() {
        let passed = match argument.passed {
            Passed::Variable(id, _) => symbols.symbol(id).kind(),
            Passed::Element(_) => Kind::Unknown,
            Passed::Value => Kind::Scalar,
        };
        let param = symbols.symbol(argument.param);
        if matches!((param.kind(), passed), (Kind::Array, Kind::Scalar) | (Kind::Scalar, Kind::Array)) {
            pending.push(argument.param);
        }
    }
    let passings = Passings::of(arguments);
    let mut done = HashSet::new();
    while let Some(id) = pending.pop() {
        symbols.symbol_mut(id).is_dynamic = true;
        if !done.insert(id) {
            continue;
        }
        pending.extend(passings.from(id).iter().filter(|&&param| symbols.symbol(param).is_used()));
        if is_asked(symbols, id) {
            continue;
        }
        // A variable that is what it is by then stays so.
        let can_change = |&&(variable, is_settled, _): &&(SymbolId, bool, Span)| {
            let passed = symbols.symbol(variable);
            !is_settled && passed.is_used() && passed.preset.is_none()
        };
        pending.extend(passings.to(id).iter().filter(can_change).map(|(variable, ..)| variable));
    }
}

/// Makes variables dynamic whose type `typeof` may tell before they have one, here or in a function that they are
/// passed to.
fn track(collected: &mut Collected) {
    let Collected { symbols, arguments, .. } = collected;
    let passings = Passings::of(arguments);
    let mut pending: Vec<SymbolId> = symbols.ids().filter(|&id| symbols.symbol(id).is_tracked).collect();
    while let Some(id) = pending.pop() {
        let symbol = symbols.symbol_mut(id);
        symbol.is_dynamic |= symbol.preset.is_none();
        for &(variable, ..) in passings.to(id).iter().filter(|(_, is_settled, _)| !is_settled) {
            let symbol = symbols.symbol_mut(variable);
            // An array that a function only looks at stays what it is, so that it stays fast.
            if symbol.kind() == Kind::Scalar && !std::mem::replace(&mut symbol.is_tracked, true) {
                pending.push(variable);
            }
        }
    }
}

/// An array argument and its parameter are one array: what one holds, the other holds.
fn connect_elements(collected: &mut Collected) {
    for index in 0..collected.arguments.len() {
        let argument = &collected.arguments[index];
        let (passed, param) = (argument.passed, collected.symbols.symbol(argument.param));
        let (kind, node) = (param.kind(), param.node);
        if !matches!(kind, Kind::Array | Kind::Dynamic) {
            continue;
        }
        let other = match passed {
            Passed::Value => continue,
            Passed::Variable(variable, _) => variable,
            Passed::Element(base) => {
                collected.nest(base);
                base
            }
        };
        let other = collected.symbols.symbol(other);
        if other.kind() != Kind::Scalar {
            collected.flow.connect(node, other.node);
        }
    }
}
