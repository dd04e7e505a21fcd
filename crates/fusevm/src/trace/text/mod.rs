//! The text form of traces, for people and for tests.
//!
//! ```text
//! snap s0 at 3
//! v0 = rload int r0 -> s0
//! v1 = addov v0, 1 -> s0
//! snap s1 at 4 in [u0:2 ret 9 +8] {r0 = v1, g2 = array(1, v1)}
//! loop
//! v4 = phi int v1, v5
//! v5 = addov v4, 1 -> s1
//! step 7 next 8 writes r3..r5 g2 elements -> s1
//! back
//! ```
//!
//! Values are named where they are defined; a phi may name a later one. Snapshots stand before the first
//! instruction that uses them. A line may end in a comment after `;`.

#[cfg(test)]
mod parse;
mod print;

#[cfg(test)]
pub(crate) use parse::parse;
