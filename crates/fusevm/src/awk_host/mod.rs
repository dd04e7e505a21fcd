//! The awk ops' view of the record, special variables, files and regexes.

use crate::value::MaybeSend;

/// Supplies records, files and processes to the awk ops.
pub trait AwkHost: MaybeSend {}

/// The awk state of a VM.
#[derive(Default)]
pub(crate) struct AwkState;
