//! `fusevm run`: results, errors, limits, input and output.

use crate::args;
use crate::support::{Ended, Scratch, fusevm, run, run_with_input};
use std::fs::File;
use std::process::Stdio;
use std::time::{Duration, Instant};

const ENDLESS: &str = "loop: Jump loop";

#[test]
fn the_result_decides_the_exit_status() {
    let cases = [
        ("Nop", "", 0),
        ("LoadInt 7", "7\n", 0),
        ("LoadConst status(3)", "status(3)\n", 3),
        ("LoadConst status(0)", "status(0)\n", 0),
        ("LoadConst status(256)", "status(256)\n", 0),
        ("LoadConst status(-1)", "status(-1)\n", 255),
        ("LoadConst [1, {\"k\": undef}, \"a\\xffb\"]", "[1, {\"k\": undef}, \"a\\xffb\"]\n", 0),
        ("LoadFloat 1", "1.0\n", 0),
        ("LoadInt 1\nThrow", "", 1),
        (".div_zero_error\nLoadInt 1\nLoadInt 0\nDiv", "", 1),
        ("CallBuiltin 7 0", "", 1),
        ("LoadConst \"true\"\nExec 1", "", 1),
    ];
    for (program, result, status) in cases {
        let ended = run_with_input(["run", "-"], program);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(status), ""), "{program}");
        let ended = run_with_input(["run", "--print-result", "-"], program);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(status), result), "{program}");
    }
}

#[test]
fn values_that_are_no_data_are_shown_too() {
    let ended =
        run_with_input(["run", "--print-result", "-"], "MakeClosure f 0\nReturnValue\n.sub f\nReturn");
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(0), "(code f)\n"));
}

#[test]
fn errors_show_the_line_and_the_calls() {
    let scratch = Scratch::new("errors");
    let text = "; a comment\n\n    LoadConst \"x\"\n    Call f 1\n    Return\n.sub f\n    Throw ; here\n";
    let file = scratch.file("throws.fvm", text);
    let name = file.display();
    let expected = format!(
        "fusevm: {name}:7: uncaught error: x\n  in f, called at {name}:4\n  |\n7 |     Throw ; here\n  |     ^^^^^\n"
    );
    for engine in [None, Some("--reference")] {
        let args = ["run".as_ref(), file.as_os_str()].into_iter().chain(engine.map(str::as_ref));
        let ended = run(args);
        assert_eq!(ended, Ended { status: Some(1), stdout: String::new(), stderr: expected.clone() });
    }

    // A binary program without lines has only the ops.
    let binary = scratch.path("throws.fvb");
    assert_eq!(run(args!["asm", file, "-o", binary]).status, Some(0));
    let name_of_binary = binary.display();
    let expected = format!("fusevm: {name_of_binary}: op 3: uncaught error: x\n  in f, called at op 1\n");
    assert_eq!(run(args!["run", binary]).stderr, expected);
    assert_eq!(run(args!["asm", "--lines", file, "-o", binary]).status, Some(0));
    let expected = format!("fusevm: {name}:7: uncaught error: x\n  in f, called at {name}:4\n");
    assert_eq!(run(args!["run", binary]).stderr, expected);

    // What the text says about its source takes precedence.
    let ended = run_with_input(["run", "-"], ".source \"story.x\"\n.line 40\nLoadInt 1\nThrow");
    assert_eq!(ended.stderr, "fusevm: story.x:40: uncaught error: 1\n");
    let ended = run_with_input(["run", "-"], ".line 40\nLoadInt 1\nThrow");
    assert_eq!(ended.stderr, "fusevm: <stdin>: line 40: uncaught error: 1\n");
}

#[test]
fn invalid_programs_are_refused_before_they_run() {
    let ended = run_with_input(["run", "-"], "LoadConst \"printed\"\nPrint 1\nlabel: Add");
    let expected = "fusevm: <stdin>:3:8: op 2 (Add): needs 2 stack values, has 0\n  \
                    |\n3 | label: Add\n  |        ^^^\n";
    assert_eq!(ended, Ended { status: Some(2), stdout: String::new(), stderr: expected.into() });
}

#[test]
fn limits_end_programs() {
    let deep = "Call f 0\nReturn\n.sub f\nCall f 0\nReturn";
    let growing =
        "LoadConst \"0123456789\"\nSetSlot 0\nloop: GetSlot 0\nGetSlot 0\nConcat\nSetSlot 0\nJump loop";
    let cases: [(&[&str], &str, i32, &str); 7] = [
        (&["--fuel", "1000"], ENDLESS, 125, "out of fuel"),
        (&["--fuel=0"], "Nop", 125, "out of fuel"),
        (&["--max-memory", "1m"], growing, 125, "out of memory"),
        (&["--max-depth", "50"], deep, 125, "too deep: more than 50 frames"),
        (&[], deep, 125, "too deep: more than 10000 frames"),
        (&["--timeout", "50ms"], ENDLESS, 124, "timed out after 50ms"),
        (&["--timeout", "0.05"], ENDLESS, 124, "timed out after 50ms"),
    ];
    for (limits, program, status, message) in cases {
        for engine in [None, Some("--reference")] {
            let args = ["run", "-"].into_iter().chain(limits.iter().copied()).chain(engine);
            let ended = run_with_input(args, program);
            assert_eq!(ended.status, Some(status), "{limits:?} {engine:?}: {ended:?}");
            assert!(ended.stderr.contains(message), "{limits:?} {engine:?}: {ended:?}");
        }
    }
}

#[test]
fn limits_that_are_not_reached_change_nothing() {
    let limits = ["--fuel", "1000", "--max-memory", "1g", "--max-depth", "5", "--timeout", "1h"];
    let ended = run_with_input(["run", "-"].into_iter().chain(limits), "LoadConst \"fine\"\nPrintLn 1");
    assert_eq!(ended, Ended { status: Some(0), stdout: "fine\n".into(), stderr: String::new() });
}

/// What was printed before the limit stays printed.
#[test]
fn output_before_a_limit_is_kept() {
    let program = "LoadConst \"before\"\nPrintLn 1\nloop: Jump loop";
    for limit in [["--fuel", "1000"], ["--timeout", "50ms"]] {
        let ended = run_with_input(["run", "-"].into_iter().chain(limit), program);
        assert_eq!(ended.stdout, "before\n", "{limit:?}");
    }
}

/// A read that never ends cannot be interrupted, so the process ends instead.
#[test]
fn a_blocked_program_times_out() {
    let scratch = Scratch::new("blocked");
    let file = scratch.file("reads.fvm", "LoadConst \"prompt\"\nPrintLn 1\nReadLine");
    let began = Instant::now();
    let mut child = fusevm(args!["run", "--timeout", "50ms", file])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("fusevm starts");
    let open = child.stdin.take();
    let ended = Ended::from(child.wait_with_output().expect("fusevm ends"));
    drop(open);
    let expected = Ended {
        status: Some(124),
        stdout: "prompt\n".into(),
        stderr: "fusevm: timed out after 50ms\n".into(),
    };
    assert_eq!(ended, expected);
    assert!(began.elapsed() < Duration::from_secs(60));
}

#[test]
fn bad_limits_are_explained() {
    let cases = [
        (["--fuel", "many"], "invalid digit"),
        (["--fuel", "-1"], "unexpected argument"),
        (["--max-memory", "10q"], "unknown unit `q`, the units are k, m, g"),
        (["--max-memory", ""], "a number is expected"),
        (["--timeout", "soon"], "a number is expected"),
        (["--timeout", "1w"], "unknown unit `w`, the units are ms, s, m, h"),
    ];
    for (limit, message) in cases {
        let ended = run(["run", "x.fvm"].into_iter().chain(limit));
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{limit:?}");
        assert!(ended.stderr.contains(message), "{limit:?}: {}", ended.stderr);
    }
}

#[test]
fn programs_read_standard_input() {
    let scratch = Scratch::new("input");
    let file = scratch.file("echo.fvm", "ReadLine\nReadLine\nSwap\nPrintLn 2");
    let ended = run_with_input(args!["run", file], "one\ntwo");
    assert_eq!(ended, Ended { status: Some(0), stdout: "twoone\n".into(), stderr: String::new() });
}

#[test]
fn a_full_disk_is_an_error() {
    let scratch = Scratch::new("full");
    let file = scratch.file("prints.fvm", "LoadConst \"text\"\nPrintLn 1");
    let full = File::options().write(true).open("/dev/full").expect("/dev/full");
    let ended = Ended::from(fusevm(args!["run", file]).stdout(full).output().expect("fusevm starts"));
    assert_eq!(ended.status, Some(2));
    let place = file.display();
    let expected = format!("fusevm: {place}: I/O error: cannot write the output: No space left on device\n");
    assert_eq!(ended.stderr, expected);
}

/// The reader of a pipe went away: nothing to say, and nobody to say it to.
#[test]
fn a_closed_pipe_is_quiet() {
    use std::os::unix::process::ExitStatusExt;
    let scratch = Scratch::new("pipe");
    let file = scratch.file("prints.fvm", "loop: LoadConst \"text\"\nPrintLn 1\nJump loop");
    for command in [args!["run", file].to_vec(), args!["dis", example_of_size(&scratch)].to_vec()] {
        let mut child =
            fusevm(&command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("fusevm starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("fusevm ends");
        assert_eq!(output.status.signal(), Some(libc::SIGPIPE), "{command:?}: {output:?}");
        assert!(output.stderr.is_empty(), "{command:?}: {output:?}");
    }
}

/// A program whose text does not fit in a pipe.
fn example_of_size(scratch: &Scratch) -> std::path::PathBuf {
    scratch.file("long.fvm", "Nop\n".repeat(100_000))
}
