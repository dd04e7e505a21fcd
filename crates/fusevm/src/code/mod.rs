//! Lowered code: the private three-address form that the fast interpreter runs.

use crate::interp::unit::Unit;

/// A unit's lowered code.
pub(crate) struct Code;

/// Lowers a unit.
pub(crate) fn lower(_unit: &Unit, _fuel: bool) -> Option<Code> {
    None
}
