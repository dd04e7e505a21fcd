//! The `fusevm` command.

fn main() {}
