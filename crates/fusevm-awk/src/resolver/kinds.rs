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
            let Passed::Variable(variable) = argument.passed else { continue };
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

/// A parameter that is used as an array is dynamic when the function asks what it is, or when a call passes what
/// is no array; one that is used as a scalar, when a call passes an array.
fn find_dynamic(collected: &mut Collected) {
    let Collected { symbols, arguments, .. } = collected;
    for id in symbols.ids() {
        let symbol = symbols.symbol_mut(id);
        symbol.is_dynamic |= symbol.owner.is_some() && symbol.is_queried && symbol.kind() == Kind::Array;
    }
    for argument in arguments.iter() {
        let passed = match argument.passed {
            Passed::Variable(id) => symbols.symbol(id).kind(),
            Passed::Element(_) => Kind::Unknown,
            Passed::Value => Kind::Scalar,
        };
        let param = symbols.symbol_mut(argument.param);
        let wanted = param.kind();
        param.is_dynamic |=
            matches!((wanted, passed), (Kind::Array, Kind::Scalar) | (Kind::Scalar, Kind::Array));
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
            Passed::Variable(variable) => variable,
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
