//! `fusevm asm`, `dis`, `check` and `code`.

use crate::args;
use crate::support::{Ended, Scratch, example, fusevm, run, run_with_input};
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};

fn quiet_success() -> Ended {
    Ended { status: Some(0), stdout: String::new(), stderr: String::new() }
}

#[test]
fn text_to_binary_and_back() {
    let scratch = Scratch::new("round-trip");
    for name in ["hello.fvm", "fib.fvm", "primes.fvm", "closure.fvm", "exception.fvm"] {
        let (binary, text, again) =
            (scratch.path("program"), scratch.path("program.fvm"), scratch.path("again"));
        assert_eq!(run(args!["asm", example(name), "-o", binary]), quiet_success(), "{name}");
        assert_eq!(run(args!["dis", binary, "--output", text]), quiet_success(), "{name}");
        assert_eq!(run(args!["asm", text, "-o", again]), quiet_success(), "{name}");
        assert_eq!(fs::read(&binary).unwrap(), fs::read(&again).unwrap(), "{name}");
        assert_eq!(run(args!["run", binary]), run(args!["run", example(name)]), "{name}");
        // Text is taken where binary is expected, and the other way round.
        assert_eq!(run(args!["dis", text]).stdout, fs::read_to_string(&text).unwrap(), "{name}");
        assert_eq!(run(args!["asm", binary, "-o", again]), quiet_success(), "{name}");
        assert_eq!(fs::read(&binary).unwrap(), fs::read(&again).unwrap(), "{name}");
    }
}

#[test]
fn standard_input_and_output() {
    let binary = fusevm(args!["asm", example("hello.fvm")]).output().unwrap();
    assert!(binary.stdout.starts_with(b"\x7ffusevm\n"), "{binary:?}");
    let ended = run_with_input(["dis", "-", "-o", "-"], "LoadInt   1 ; comment\nReturnValue");
    let expected = Ended { stdout: "    LoadInt 1\n    ReturnValue\n".into(), ..quiet_success() };
    assert_eq!(ended, expected);
}

#[test]
fn files_are_replaced_as_a_whole() {
    let scratch = Scratch::new("replace");
    let bad = scratch.file("bad.fvm", "LodInt 1");
    let good = scratch.file("good.fvm", "LoadInt 1");
    let old = scratch.file("out", "old");
    fs::set_permissions(&old, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(run(args!["asm", bad, "-o", old]).status, Some(2));
    assert_eq!(fs::read(&old).unwrap(), b"old");

    // A link stays one, and permissions stay.
    let link = scratch.path("link");
    symlink("out", &link).unwrap();
    assert_eq!(run(args!["dis", good, "-o", link]), quiet_success());
    assert_eq!(fs::read(&old).unwrap(), b"    LoadInt 1\n");
    assert_eq!(fs::metadata(&old).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

    // A file can be its own output.
    assert_eq!(run(args!["dis", good, "-o", good]), quiet_success());
    assert_eq!(fs::read(&good).unwrap(), b"    LoadInt 1\n");

    // A device is written to.
    assert_eq!(run(args!["dis", good, "-o", "/dev/null"]), quiet_success());
    let ended = run(args!["dis", good, "-o", "/dev/full"]);
    let expected = "fusevm: /dev/full: No space left on device\n";
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(2), expected));

    // Nothing else is left.
    assert_eq!(scratch.names(), ["bad.fvm", "good.fvm", "link", "out"]);
}

#[test]
fn unwritable_output_is_told() {
    let scratch = Scratch::new("unwritable");
    let good = scratch.file("good.fvm", "LoadInt 1");
    let cases = [
        (scratch.path("missing/out"), "No such file or directory"),
        (scratch.path("."), "Is a directory"),
        (scratch.path("good.fvm/out"), "Not a directory"),
    ];
    for (output, message) in cases {
        let ended = run(args!["asm", good, "-o", output]);
        let expected = format!("fusevm: {}: {message}\n", output.display());
        assert_eq!(ended, Ended { status: Some(2), stdout: String::new(), stderr: expected });
    }
    for command in ["dis", "code", "asm"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ended = Ended::from(fusevm(args![command, good]).stdout(full).output().unwrap());
        let expected = "fusevm: cannot write the output: No space left on device\n";
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(2), expected), "{command}");
    }
    assert_eq!(scratch.names(), ["good.fvm"]);
}

#[test]
fn unreadable_files_are_told() {
    let scratch = Scratch::new("unreadable");
    let damaged = {
        let mut bytes = fusevm(args!["asm", example("hello.fvm")]).output().unwrap().stdout;
        bytes.truncate(bytes.len() - 3);
        scratch.file("damaged", bytes)
    };
    let cases = [
        (scratch.path("missing"), "No such file or directory"),
        (scratch.path("."), "Is a directory"),
        (
            scratch.file("garbage", b"MZ\x90\x00\xff\xfe"),
            "is neither a binary program nor text: byte 2 is no UTF-8",
        ),
        (damaged, "byte 28: the content is damaged"),
    ];
    for (file, message) in cases {
        for command in ["run", "asm", "dis", "check", "code"] {
            let ended = run(args![command, file]);
            assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{command} {file:?}");
            let expected = format!("fusevm: {}: {message}", file.display());
            assert!(ended.stderr.starts_with(&expected), "{command}: {}", ended.stderr);
            assert_eq!(ended.stderr.lines().count(), 1, "{command}: {}", ended.stderr);
        }
    }
}

#[test]
fn every_mistake_of_a_text_is_told() {
    let text = "    Nop\n  LodInt 1\nloop: Jump nowhere\n    GetVar \"open\n\tLoadInt";
    let expected = "\
fusevm: <stdin>:2:3: unknown op `LodInt`; did you mean `LoadInt`?
  |
2 |   LodInt 1
  |   ^^^^^^
fusevm: <stdin>:3:12: jump to unknown label `nowhere`
  |
3 | loop: Jump nowhere
  |            ^^^^^^^
fusevm: <stdin>:4:12: the string is never closed
  |
4 |     GetVar \"open
  |            ^^^^^
fusevm: <stdin>:5:9: LoadInt needs its operand `value`
  |
5 |     LoadInt
  |            ^
";
    for command in ["run", "asm", "dis", "check", "code"] {
        let ended = run_with_input([command, "-"], text);
        let expected = Ended { status: Some(2), stdout: String::new(), stderr: expected.into() };
        assert_eq!(ended, expected, "{command}");
    }
}

/// The wrong kind of file can have any number of mistakes.
#[test]
fn mistakes_are_told_up_to_a_number() {
    let ended = run_with_input(["check", "-"], &"what is this\n".repeat(10_000));
    assert_eq!(ended.status, Some(2));
    assert!(ended.stderr.ends_with("\nfusevm: only the first 100 problems are told\n"), "{}", ended.stderr);
    // Long lines and words are not shown in full.
    let ended = run_with_input(["check", "-"], &"x ".repeat(1_000_000));
    assert_eq!(ended.stderr, "fusevm: <stdin>:1:1: unknown op `x`\n");
    let ended = run_with_input(["check", "-"], &"x".repeat(1_000_000));
    assert!(ended.stderr.starts_with("fusevm: <stdin>:1:1: unknown op `xxx"), "{ended:?}");
    assert!(ended.stderr.len() < 300, "{ended:?}");
}

/// What has no end is not read to it.
#[test]
fn devices_are_no_programs() {
    let cases = [
        ("/dev/urandom", "is neither a binary program nor text"),
        ("/dev/zero", "more than 256 MiB is no program"),
    ];
    for (device, message) in cases {
        let ended = run(["check", device]);
        assert_eq!(ended.status, Some(2), "{device}");
        assert!(ended.stderr.starts_with(&format!("fusevm: {device}: {message}")), "{ended:?}");
    }
}

#[test]
fn check_looks_at_every_file() {
    let scratch = Scratch::new("check");
    let good = scratch.file("good.fvm", "LoadInt 1\nReturnValue");
    assert_eq!(run(args!["check", good, example("fib.fvm"), good]), quiet_success());

    let bad =
        scratch.file("bad.fvm", "Add\nReturn\n.chunk\nPop\n.endchunk\n.sub f\nPopFrame\n.sub g\nTryEnd");
    let missing = scratch.path("missing");
    let ended = run(args!["check", missing, bad, good]);
    let (bad_name, missing_name) = (bad.display(), missing.display());
    let expected = format!(
        "\
fusevm: {missing_name}: No such file or directory
fusevm: {bad_name}:1:1: op 0 (Add): needs 2 stack values, has 0
  |
1 | Add
  | ^^^
fusevm: {bad_name}:7:1: op 2 (PopFrame): closes a scope that its body did not open
  |
7 | PopFrame
  | ^^^^^^^^
fusevm: {bad_name}:9:1: op 3 (TryEnd): closes a try region that its body did not open
  |
9 | TryEnd
  | ^^^^^^
fusevm: {bad_name}:4:1: op 0 (Pop): needs 1 stack value, has 0
  |
4 | Pop
  | ^^^
"
    );
    assert_eq!(ended, Ended { status: Some(2), stdout: String::new(), stderr: expected });

    // The binary form has no places, but the ops, and the sources if they are known.
    let binary = scratch.path("bad.fvb");
    assert_eq!(run(args!["asm", bad, "-o", binary]), quiet_success());
    let lines = run(args!["check", binary]).stderr;
    let name = binary.display();
    let first = format!("fusevm: {name}: op 0 (Add): needs 2 stack values, has 0");
    let last = format!("fusevm: {name}: op 0 (Pop): needs 1 stack value, has 0 (in sub-chunk 0)");
    assert_eq!((lines.lines().next(), lines.lines().last()), (Some(first.as_str()), Some(last.as_str())));
    assert_eq!(lines.lines().count(), 4, "{lines}");
}

#[test]
fn code_shows_instructions_beside_ops() {
    let ended = run(args!["code", example("fib.fvm")]);
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    for part in ["main", "sub fib", "Call fib 1", "ReturnValue"] {
        assert!(ended.stdout.contains(part), "{part}: {}", ended.stdout);
    }
    let ended = run_with_input(["code", "-"], "Add");
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""));
}
