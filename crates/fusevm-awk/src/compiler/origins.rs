//! Which variables an array came through, for messages: "`c (from b, from a)'".
//!
//! At run time an array has no name. What it was called on its way follows from the calls that are under way: each says
//! which variables of the caller it passes.

use super::program::FUNCTION_PREFIX;
use fusevm::error::Frame;
use std::collections::HashMap;

/// How messages begin about an array that is used as a scalar; its name follows.
const MISUSED: &str = "attempt to use array `";

/// The names that calls pass variables by, and those that functions give them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    /// The parameters of each function.
    parameters: HashMap<Box<str>, Vec<Box<str>>>,
    /// For the op of a call, its arguments that are variables.
    calls: HashMap<usize, Vec<Option<Box<str>>>>,
}

impl Origins {
    pub(super) fn add_function(&mut self, name: &str, parameters: Vec<Box<str>>) {
        self.parameters.insert(name.into(), parameters);
    }

    pub(super) fn add_call(&mut self, op: usize, arguments: Vec<Option<Box<str>>>) {
        if arguments.iter().any(Option::is_some) {
            self.calls.insert(op, arguments);
        }
    }

    /// What a variable of the innermost frame is called in its callers, from the innermost on.
    fn names<'o>(&'o self, mut name: &'o str, frames: &'o [Frame]) -> Vec<&'o str> {
        let mut names = Vec::new();
        for pair in frames.windows(2) {
            let [frame, caller] = pair else { break };
            let passed = frame.name.strip_prefix(FUNCTION_PREFIX).and_then(|function| {
                let parameters = self.parameters.get(function)?;
                let index = parameters.iter().position(|parameter| **parameter == *name)?;
                self.calls.get(&caller.op_index)?.get(index)?.as_deref()
            });
            let Some(passed) = passed else { break };
            name = passed;
            names.push(name);
        }
        names
    }

    /// A message about an array with the names that it came through.
    pub(crate) fn explain(&self, message: &str, frames: &[Frame]) -> Option<String> {
        let (name, rest) = message.strip_prefix(MISUSED)?.rsplit_once('\'')?;
        let (name, subscripts) = name.split_at(name.find('[').unwrap_or(name.len()));
        let names = self.names(name, frames);
        let first = names.last()?;
        if !subscripts.is_empty() {
            // An element is called by its place in the array.
            return Some(format!("{MISUSED}{first}{subscripts}'{rest}"));
        }
        let from: Vec<String> = names.iter().map(|name| format!("from {name}")).collect();
        Some(format!("{MISUSED}{name} ({})'{rest}", from.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_followed_through_calls() {
        let mut origins = Origins::default();
        for (function, parameter) in [("f", "a"), ("g", "b"), ("h", "c")] {
            origins.add_function(function, vec!["n".into(), parameter.into()]);
        }
        origins.add_call(7, vec![None, Some("top".into())]);
        origins.add_call(20, vec![None, Some("a".into())]);
        origins.add_call(30, vec![None, Some("b".into())]);
        origins.add_call(31, vec![None, None]);
        let frame =
            |name: &str, op_index| Frame { name: name.into(), source: String::new(), line: 0, op_index };
        let frames = [frame("fn:h", 40), frame("fn:g", 30), frame("fn:f", 20), frame("", 7)];
        let explain = |message: &str, frames: &[Frame]| origins.explain(message, frames);
        let message = "attempt to use array `c' in a scalar context";
        let expected = "attempt to use array `c (from b, from a, from top)' in a scalar context";
        assert_eq!(explain(message, &frames).as_deref(), Some(expected));
        let element = "attempt to use array `c[\"it's\"]' in a scalar context";
        let expected = "attempt to use array `top[\"it's\"]' in a scalar context";
        assert_eq!(explain(element, &frames).as_deref(), Some(expected));
        // A local variable, an argument that is no variable, and another error.
        assert_eq!(explain("attempt to use array `x' in a scalar context", &frames), None);
        assert_eq!(explain(message, &[frame("fn:h", 40), frame("fn:g", 31)]), None);
        assert_eq!(explain("division by zero", &frames), None);
    }
}
