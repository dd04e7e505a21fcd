//! Which variables are arrays: what their uses say, and what follows through calls.
//!
//! A name that is used in both ways where it stands is an error. Not so what follows through a call: the call may
//! never happen, or the function may look first at what it got, so that has to wait until the program runs.

use super::Kind;
use super::collect::Collected;
use super::symbols::{ArrayUse, SymbolId};
use crate::ast::Names;
use crate::diagnostic::Diagnostic;
use std::collections::HashMap;

/// Finds every array, and reports what is used both as an array and as a scalar.
pub(super) fn infer(collected: &mut Collected, names: &Names) {
    propagate(collected, Kind::Array);
    propagate(collected, Kind::Scalar);
    report_two_kinds(collected, names);
    report_values_for_arrays(collected, names);
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
            let Some(variable) = argument.variable else { continue };
            let symbol = symbols.symbol_mut(variable);
            if symbol.kind() != Kind::Unknown {
                continue;
            }
            if kind == Kind::Array {
                symbol.array_use = Some(ArrayUse { span: argument.span, is_direct: false });
            } else {
                symbol.scalar_use = Some(argument.span);
            }
            pending.push(variable);
        }
    }
}

fn report_two_kinds(collected: &mut Collected, names: &Names) {
    let Collected { symbols, errors, .. } = collected;
    for symbol in symbols.ids().map(|id| symbols.symbol(id)) {
        let (Some(scalar), Some(array)) = (symbol.scalar_use, symbol.array_use) else { continue };
        let what = if symbol.owner.is_some() { "parameter" } else { "variable" };
        let name = names.text(symbol.name);
        errors.push(
            Diagnostic::error(scalar, format!("{what} `{name}` is used as a scalar and as an array"))
                .label("used as a scalar here")
                .related(array.span, "used as an array here"),
        );
    }
}

/// Reports values that are passed where an array is needed.
fn report_values_for_arrays(collected: &mut Collected, names: &Names) {
    let Collected { symbols, arguments, errors, .. } = collected;
    for argument in arguments.iter().filter(|argument| argument.variable.is_none()) {
        let param = symbols.symbol(argument.param);
        let Some(array) = param.array_use else { continue };
        let function = names.text(symbols.functions[argument.function.index()].name);
        let number = argument.index + 1;
        let name = names.text(param.name);
        let because = if array.is_direct { "of this" } else { "it is passed on here" };
        errors.push(
            Diagnostic::error(argument.span, format!("argument {number} of `{function}` must be an array"))
                .related(array.span, format!("parameter `{name}` is an array because {because}")),
        );
    }
}

/// An array argument and its parameter are one array: what one holds, the other holds.
fn connect_elements(collected: &mut Collected) {
    let Collected { symbols, arguments, flow, .. } = collected;
    for argument in arguments.iter() {
        let Some(variable) = argument.variable else { continue };
        let (variable, param) = (symbols.symbol(variable), symbols.symbol(argument.param));
        if variable.kind() == Kind::Array && param.kind() == Kind::Array {
            flow.connect(param.node, variable.node);
        }
    }
}
