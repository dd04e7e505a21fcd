//! Functions of floats that are calls in native code, by number.

/// What a function computes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Function {
    /// Of one float.
    Of1(fn(f64) -> f64),
    /// Of two floats.
    Of2(fn(f64, f64) -> f64),
}

/// The functions with their names. An instruction's immediate is the position here.
pub(crate) static FUNCTIONS: &[(&str, Function)] = &[
    ("sin", Function::Of1(f64::sin)),
    ("cos", Function::Of1(f64::cos)),
    ("tan", Function::Of1(f64::tan)),
    ("asin", Function::Of1(f64::asin)),
    ("acos", Function::Of1(f64::acos)),
    ("atan", Function::Of1(f64::atan)),
    ("sinh", Function::Of1(f64::sinh)),
    ("cosh", Function::Of1(f64::cosh)),
    ("tanh", Function::Of1(f64::tanh)),
    ("exp", Function::Of1(f64::exp)),
    ("log", Function::Of1(f64::ln)),
    ("log2", Function::Of1(f64::log2)),
    ("log10", Function::Of1(f64::log10)),
    ("pow", Function::Of2(f64::powf)),
    ("atan2", Function::Of2(f64::atan2)),
];

/// The number of a function.
#[cfg(test)]
pub(crate) fn number(name: &str) -> Option<i32> {
    FUNCTIONS.iter().position(|(text, _)| *text == name).map(|at| at as i32)
}
