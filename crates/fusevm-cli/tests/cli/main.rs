//! The command `fusevm` as its users see it: output, messages, exit statuses and files.

mod examples;
mod forms;
mod generated;
#[cfg(feature = "jit")]
mod jit;
mod run;
mod support;
mod usage;
