//! Execution: what each op means, the reference interpreter that runs ops as they stand, and the fast
//! interpreter that runs lowered code. Both call the same op functions.

pub(crate) mod fast;
pub(crate) mod globals;
pub(crate) mod io;
pub(crate) mod iteration;
pub(crate) mod ops;
pub(crate) mod reference;
pub(crate) mod sort;
pub(crate) mod unit;
