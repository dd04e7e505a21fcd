//! Which variables are arrays: what their uses say, and what follows through calls.
//!
//! Nothing here is an error. A variable that is used in both ways, or called with both, is dynamic: the call may never
//! happen, or the function may look first at what it got, so what is wrong shows when the program runs.

use super::Kind;
use super::collect::{Collected, Passed};
use super::symbols::SymbolId;
use std::collections::HashMap;

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
    let mut passed_to = HashMap::<SymbolId, Vec<usize>>::new();
    for (index, argument) in arguments.iter().enumerate() {
        passed_to.entry(argument.param).or_default().push(index);
    }
    let mut pending: Vec<SymbolId> = symbols.ids().filter(|&id| symbols.symbol(id).kind() == kind).collect();
    while let Some(param) = pending.pop() {
        for &index in passed_to.get(&param).into_iter().flatten() {
            let argument = &arguments[index];
            let Passed::Variable(variable, _) = argument.passed else { continue };
            let symbol = symbols.symbol_mut(variable);
            if symbol.kind() != Kind::Unknown {
                continue;
            }
            match kind {
                Kind::Array => symbol.array_use = Some(argument.span),
                Kind::Dynamic => symbol.is_dynamic = true,
                _ => symbol.scalar_use = Some(argument.span),
            }
            pending.push(variable);
        }
    }
}

/// Finds what can be a scalar as well as an array.
fn find_dynamic(collected: &mut Collected) {
    let symbols = &mut collected.symbols;
    // A parameter that is used as an array, when the function asks what it is.
    for id in symbols.ids() {
        let symbol = symbols.symbol_mut(id);
        symbol.is_dynamic |= symbol.owner.is_some() && symbol.is_queried && symbol.kind() == Kind::Array;
    }
    track(collected);
    let Collected { symbols, arguments, .. } = collected;
    // A parameter that is used as one when a call passes the other. A variable that is not settled by then becomes
    // what the first of the two is used as, unless the function asks before.
    let mut contested = Vec::new();
    for argument in arguments.iter() {
        let passed = match argument.passed {
            Passed::Variable(id, _) => symbols.symbol(id).kind(),
            Passed::Element(_) => Kind::Unknown,
            Passed::Value => Kind::Scalar,
        };
        let param = symbols.symbol(argument.param);
        let is_mismatch =
            matches!((param.kind(), passed), (Kind::Array, Kind::Scalar) | (Kind::Scalar, Kind::Array));
        if !is_mismatch {
            continue;
        }
        if let Passed::Variable(variable, false) = argument.passed
            && !param.is_queried
            && symbols.symbol(variable).preset.is_none()
        {
            contested.push(variable);
        }
        contested.push(argument.param);
    }
    // What the variable is also called, it is.
    while let Some(id) = contested.pop() {
        let symbol = symbols.symbol_mut(id);
        if std::mem::replace(&mut symbol.is_dynamic, true) {
            continue;
        }
        let also = arguments.iter().filter(|argument| match argument.passed {
            Passed::Variable(variable, is_settled) => variable == id && !is_settled,
            _ => false,
        });
        contested.extend(also.map(|argument| argument.param));
    }
}

/// Makes variables dynamic whose type `typeof` may tell before they have one, here or in a function that they are
/// passed to.
fn track(collected: &mut Collected) {
    let Collected { symbols, arguments, .. } = collected;
    let mut pending: Vec<SymbolId> = symbols.ids().filter(|&id| symbols.symbol(id).is_tracked).collect();
    while let Some(id) = pending.pop() {
        let symbol = symbols.symbol_mut(id);
        symbol.is_dynamic |= symbol.preset.is_none();
        for argument in arguments.iter().filter(|argument| argument.param == id) {
            let Passed::Variable(variable, false) = argument.passed else { continue };
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
