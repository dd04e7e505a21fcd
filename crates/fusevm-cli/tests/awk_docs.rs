//! The examples of docs/awk.md do what they say.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

mod support;
use support::{Awk, Scratch};

/// A command of the page, and what it says to give.
struct Example {
    line: usize,
    command: String,
    expected: String,
}

/// The examples: in blocks of shell, a line that begins with `$ ` and the lines up to the next one.
fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut in_block = false;
    for (index, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            in_block = line == "```sh";
        } else if let (true, Some(command)) = (in_block, line.strip_prefix("$ ")) {
            let command = command.to_owned();
            examples.push(Example { line: index + 1, command, expected: String::new() });
        } else if let (true, Some(example)) = (in_block, examples.last_mut()) {
            example.expected += line;
            example.expected.push('\n');
        }
    }
    examples
}

#[test]
fn examples_give_what_the_page_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = fs::read_to_string(root.join("docs/awk.md")).expect("the page");
    let scratch = Scratch::new();
    let awk = Awk::under_test();
    let version = scratch.run(awk.command().arg("--version"), b"");
    assert!(version.status.success(), "{} can be run", awk.name);
    let tools = scratch.dir().join("tools");
    fs::create_dir(&tools).expect("a directory");
    symlink(env!("CARGO_BIN_EXE_fusevm"), tools.join("awk")).expect("a link");
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap_or_default());
    let examples = examples(&page);
    assert!(examples.len() > 10, "{}", examples.len());
    for Example { line, command, expected } in examples {
        let script =
            format!("({command}) 2>&1; status=$?; [ $status = 0 ] || echo \"[exit status $status]\"");
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &script]).env_clear().env("PATH", &path).env("LC_ALL", "C.UTF-8");
        let observed = scratch.run(&mut shell, b"");
        assert_eq!(String::from_utf8_lossy(&observed.stdout), expected, "line {line}: {command}");
        assert_eq!(observed.stderr_text(), "", "line {line}: {command}");
    }
}
