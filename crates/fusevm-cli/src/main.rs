//! The `fusevm` command.

use std::ffi::OsString;
use std::process::exit;

fn main() {
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    // A link named `awk` is awk; the other ways in are not looked at, so that awk starts at once.
    if name.to_string_lossy().rsplit('/').next().is_some_and(|base| base.ends_with("awk")) {
        exit(fusevm_awk::main(arguments.collect()));
    }
    match arguments.next() {
        Some(command) if command == "awk" => exit(fusevm_awk::main(arguments.collect())),
        command => {
            let command = command.unwrap_or_else(|| OsString::from(""));
            eprintln!("fusevm: unknown command `{}'", command.to_string_lossy());
            eprintln!("usage: fusevm awk ARGUMENTS...");
            exit(2);
        }
    }
}
