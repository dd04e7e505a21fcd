//! Hosts: what gives a program power over the world outside of the VM.
//!
//! An embedded VM starts no process, opens no file and reads no environment by itself. The ops that need
//! such power ask a host; [`DefaultHost`] does what is pure and refuses the rest with
//! [`ErrorKind::NoHost`](crate::error::ErrorKind::NoHost).

mod param;
mod shell;

pub use shell::ShellHost;

use crate::awk_host::AwkHost;

/// The host of a VM that was given none: every method is its trait's default.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultHost;

impl ShellHost for DefaultHost {}
impl AwkHost for DefaultHost {}
