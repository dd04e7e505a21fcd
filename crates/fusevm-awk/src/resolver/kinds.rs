//! Which variables are arrays: what their uses say, and what follows through calls.

use super::collect::Collected;
use super::symbols::{ArrayUse, SymbolId};
use crate::ast::Names;
use crate::diagnostic::Diagnostic;

/// Finds every array, and reports what is used both as an array and as a scalar.
pub(super) fn infer(collected: &mut Collected, names: &Names) {
    propagate(collected);
    report_two_kinds(collected, names);
    report_arguments(collected, names);
    connect_elements(collected);
}

/// A variable that is passed to a parameter that is an array is an array.
fn propagate(collected: &mut Collected) {
    let Collected { symbols, arguments, .. } = collected;
    let mut passed_to = std::collections::HashMap::<SymbolId, Vec<usize>>::new();
    for (index, argument) in arguments.iter().enumerate() {
        passed_to.entry(argument.param).or_default().push(index);
    }
    let mut pending: Vec<SymbolId> =
        symbols.ids().filter(|&id| symbols.symbol(id).array_use.is_some()).collect();
    while let Some(param) = pending.pop() {
        for &index in passed_to.get(&param).into_iter().flatten() {
            let argument = &arguments[index];
            let Some(variable) = argument.variable else { continue };
            let symbol = symbols.symbol_mut(variable);
            if symbol.array_use.is_none() {
                symbol.array_use = Some(ArrayUse { span: argument.span, through: Some(param) });
                pending.push(variable);
            }
        }
    }
}

fn report_two_kinds(collected: &mut Collected, names: &Names) {
    let Collected { symbols, errors, .. } = collected;
    for id in symbols.ids() {
        let symbol = symbols.symbol(id);
        let (Some(scalar), Some(array)) = (symbol.scalar_use, symbol.array_use) else { continue };
        let what = if symbol.owner.is_some() { "parameter" } else { "variable" };
        let name = names.text(symbol.name);
        let mut diagnostic =
            Diagnostic::error(scalar, format!("{what} `{name}` is used as a scalar and as an array"))
                .label("used as a scalar here");
        diagnostic = match array.through {
            None => diagnostic.related(array.span, "used as an array here"),
            Some(param) => {
                let taker = symbols.symbol(param);
                let function = taker.owner.map(|id| names.text(symbols.functions[id.index()].name));
                let param = names.text(taker.name);
                diagnostic.related(
                    array.span,
                    format!(
                        "passed here to `{}`, whose parameter `{param}` is an array",
                        function.unwrap_or("")
                    ),
                )
            }
        };
        errors.push(diagnostic);
    }
}

/// Reports values that are passed where an array is needed, and arrays where a scalar is.
fn report_arguments(collected: &mut Collected, names: &Names) {
    let Collected { symbols, arguments, errors, .. } = collected;
    for argument in arguments.iter() {
        let param = symbols.symbol(argument.param);
        let function = names.text(symbols.functions[argument.function.index()].name);
        let number = argument.index + 1;
        let name = names.text(param.name);
        let variable = argument.variable.map(|id| symbols.symbol(id));
        match (variable, param.array_use, param.scalar_use) {
            (None, Some(array), _) => errors.push(
                Diagnostic::error(
                    argument.span,
                    format!("argument {number} of `{function}` must be an array"),
                )
                .related(array.span, format!("parameter `{name}` is an array because of this")),
            ),
            (Some(variable), None, Some(scalar)) if variable.array_use.is_some() => {
                let array = names.text(variable.name);
                errors.push(
                    Diagnostic::error(
                        argument.span,
                        format!("array `{array}` is passed to `{function}`, which needs a scalar"),
                    )
                    .related(scalar, format!("parameter `{name}` is used as a scalar here")),
                );
            }
            _ => {}
        }
    }
}

/// An array argument and its parameter are one array: what one holds, the other holds.
fn connect_elements(collected: &mut Collected) {
    let Collected { symbols, arguments, flow, .. } = collected;
    for argument in arguments.iter() {
        let Some(variable) = argument.variable else { continue };
        let (variable, param) = (symbols.symbol(variable), symbols.symbol(argument.param));
        if variable.array_use.is_some() {
            flow.connect(param.node, variable.node);
        }
    }
}
