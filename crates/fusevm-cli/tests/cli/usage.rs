//! Help, and mistakes in the command line.

use crate::args;
use crate::support::{COMMANDS, Ended, Scratch, example, fusevm, run, run_on_terminal};
use std::fs::File;

#[test]
fn every_command_explains_itself() {
    for command in COMMANDS {
        let words: Vec<&str> = command.split(' ').collect();
        let ended = run(["help"].iter().chain(&words));
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{command}");
        for part in ["Usage: fusevm", "\nExamples:\n", "\nExit status:\n"] {
            assert!(ended.stdout.contains(part), "{command}: {}", ended.stdout);
        }
        // awk answers for itself.
        if *command != "awk" {
            assert_eq!(run(words.iter().chain(&["--help"])), ended, "{command}");
            let short = run(words.iter().chain(&["-h"]));
            assert!(short.stdout.len() < ended.stdout.len(), "{command}");
        }
    }
    let ended = run(["--help"]);
    assert_eq!(ended.status, Some(0));
    let commands = COMMANDS.iter().copied().filter(|command| !command.contains(' '));
    for part in commands.chain(["Examples:", "Exit status:", "--version"]) {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let expected = concat!("fusevm ", env!("CARGO_PKG_VERSION"), "\n");
    let ended = Ended { status: Some(0), stdout: expected.into(), stderr: String::new() };
    assert_eq!(run(["--version"]), ended);
}

#[test]
fn mistakes_are_explained() {
    let cases: [(&[&str], &str); 9] = [
        (&[], "Usage: fusevm <COMMAND>"),
        (&["chekc"], "a similar subcommand exists: 'check'"),
        (&["frobnicate"], "unrecognized subcommand 'frobnicate'"),
        (&["run"], "<FILE>"),
        (&["run", "--feul", "1", "x"], "a similar argument exists: '--fuel'"),
        (&["run", "x", "y"], "unexpected argument 'y'"),
        (&["check"], "<FILE>..."),
        (&["completions", "tcsh"], "[possible values: bash, elvish, fish, powershell, zsh]"),
        (&["asm", "x", "-o"], "a value is required for '--output <FILE>'"),
    ];
    for (args, message) in cases {
        let ended = run(args);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(ended.stderr.contains(message), "{args:?}: {}", ended.stderr);
    }
}

#[test]
fn a_file_is_no_command() {
    let file = example("hello.fvm");
    let ended = run(args![file]);
    let tip = format!("tip: to run a program: 'fusevm run {}'", file.display());
    assert_eq!(ended.status, Some(2));
    assert!(ended.stderr.contains(&tip), "{}", ended.stderr);
}

#[test]
fn help_on_a_full_disk_is_an_error() {
    for argument in ["--help", "--version"] {
        let full = File::options().write(true).open("/dev/full").expect("/dev/full");
        let ended = Ended::from(fusevm([argument]).stdout(full).output().expect("fusevm starts"));
        let expected = "fusevm: cannot write the output: No space left on device\n";
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(2), expected), "{argument}");
    }
}

/// awk is `fusevm awk` and every link whose name ends so.
#[test]
fn awk_has_two_names() {
    let scratch = Scratch::new("awk");
    let program = "BEGIN { for (i = 1; i < ARGC; i++) printf \"%s,\", ARGV[i]; exit 3 }";
    let expected = Ended { status: Some(3), stdout: "-x,awk,b=1,".into(), stderr: String::new() };
    assert_eq!(run(["awk", program, "-x", "awk", "b=1"]), expected);
    for name in ["awk", "nawk"] {
        let link = scratch.path(name);
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_fusevm"), &link).expect("a link");
        let output = std::process::Command::new(&link).args([program, "-x", "awk", "b=1"]).output();
        assert_eq!(Ended::from(output.expect("awk starts")), expected, "{name}");
    }
}

/// A terminal gets color, unless its user wants none.
#[test]
fn terminals_get_color() {
    let scratch = Scratch::new("terminal");
    let bad = scratch.file("bad.fvm", "LodInt 1");
    let cases: [(&[(&str, &str)], bool); 5] = [
        (&[("TERM", "xterm")], true),
        (&[("TERM", "xterm"), ("NO_COLOR", "")], true),
        (&[("TERM", "xterm"), ("NO_COLOR", "1")], false),
        (&[("TERM", "dumb")], false),
        (&[("TERM", "dumb"), ("CI", "true")], false),
    ];
    for (environment, colored) in cases {
        for args in [args!["check", bad].to_vec(), args!["chekc"].to_vec()] {
            let mut command = fusevm(&args);
            command.envs(environment.iter().copied());
            let shown = run_on_terminal(command);
            assert_eq!(shown.contains('\x1b'), colored, "{environment:?} {args:?}: {shown}");
            assert!(shown.contains("tip:") || shown.contains("unknown op"), "{shown}");
        }
    }
}

/// What is no terminal gets no color.
#[test]
fn files_and_pipes_get_no_color() {
    let scratch = Scratch::new("color");
    let bad = scratch.file("bad.fvm", "LodInt 1");
    for args in [args!["check", bad].to_vec(), args!["--help"].to_vec(), args!["chekc"].to_vec()] {
        let ended = run(&args);
        assert!(!ended.stdout.contains('\x1b') && !ended.stderr.contains('\x1b'), "{args:?}: {ended:?}");
    }
}
