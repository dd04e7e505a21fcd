//! Completion scripts and man pages mention everything that help does.

use crate::args;
use crate::support::{COMMANDS, Ended, Scratch, fusevm, run};
use std::fs::{self, File};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// The long options that a command's help mentions; awk's own, in its case.
fn options_of(command: &str) -> Vec<String> {
    let help = run(command.split(' ').chain(["-h"])).stdout;
    let words = help.split(|c: char| c.is_whitespace() || ",[=".contains(c));
    let mut options: Vec<String> =
        words.filter(|word| word.starts_with("--") && word.len() > 2).map(str::to_string).collect();
    options.sort();
    options.dedup();
    assert!(options.contains(&"--help".to_string()), "{command}: {options:?}");
    options
}

#[test]
fn completions_mention_every_command_and_option() {
    for shell in SHELLS {
        let ended = run(["completions", shell]);
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{shell}");
        for command in COMMANDS {
            for word in command.split(' ') {
                assert!(ended.stdout.contains(word), "{shell}: {command}");
            }
            for option in options_of(command) {
                // fish writes long options as `-l name`.
                let name = option.trim_start_matches('-');
                let found = ended.stdout.contains(&option) || ended.stdout.contains(&format!("-l {name}"));
                assert!(found, "{shell}: {command} {option}");
            }
        }
    }
}

#[test]
fn man_pages_mention_every_option() {
    let scratch = Scratch::new("man");
    let directory = scratch.path(".");
    assert_eq!(run(args!["man", directory]), Ended { status: Some(0), stdout: "".into(), stderr: "".into() });
    let page_of = |command: &str| format!("fusevm-{}.1", command.replace(' ', "-"));
    let mut expected: Vec<String> = COMMANDS.iter().map(|command| page_of(command)).collect();
    expected.push("fusevm.1".into());
    expected.sort();
    assert_eq!(scratch.names(), expected);
    for command in COMMANDS {
        let page = fs::read_to_string(scratch.path(&page_of(command))).expect("the page");
        for option in options_of(command) {
            assert!(page.contains(&option.replace('-', "\\-")), "{command} {option}");
        }
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "\"EXIT STATUS\""] {
            assert!(page.contains(&format!(".SH {section}\n")), "{command} {section}");
        }
    }
    let top = run(["man"]);
    assert_eq!(top.status, Some(0));
    assert_eq!(top.stdout, fs::read_to_string(scratch.path("fusevm.1")).expect("the page"));
    for command in COMMANDS.iter().filter(|command| !command.contains(' ')) {
        assert!(top.stdout.contains(&format!("fusevm\\-{command}(1)")), "{command}");
    }
}

#[test]
fn what_cannot_be_written_is_told() {
    let scratch = Scratch::new("man-missing");
    let ended = run(args!["man", scratch.path("missing")]);
    assert_eq!(ended.status, Some(2));
    assert!(ended.stderr.contains("No such file or directory"), "{}", ended.stderr);
    for args in [&["man"][..], &["completions", "bash"]] {
        let full = File::options().write(true).open("/dev/full").expect("/dev/full");
        let ended = Ended::from(fusevm(args).stdout(full).output().expect("fusevm starts"));
        let expected = "fusevm: cannot write the output: No space left on device\n";
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(2), expected), "{args:?}");
    }
}
