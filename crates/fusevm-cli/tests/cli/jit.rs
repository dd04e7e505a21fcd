//! `fusevm jit` and `--jit-log`: what people see of the compiler to native code.

use crate::args;
use crate::support::{Ended, Scratch, fusevm, run, run_with_input};
use std::fs::{self, File};

const LOOP: &str = "\
    LoadInt 0
    SetSlot 0
loop: PreIncSlot 0
    LoadInt 3000000
    NumLt
    JumpIfTrue loop ; again
    LoadConst \"done\"
    PrintLn 1
";

const AWK_LOOP: &str = "BEGIN {\n  while (i < 3000000)\n    i++\n  print \"done\"\n}\n";

/// The log is on standard error; the program prints what it prints.
#[test]
fn the_log_has_a_line_for_each_event() {
    for (args, input) in [(&["run", "--jit-log", "-"][..], LOOP), (&["awk", "--jit-log", AWK_LOOP], "")] {
        let ended = run_with_input(args, input);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(0), "done\n"), "{args:?}: {ended:?}");
        assert!(ended.stderr.lines().all(|line| line.starts_with("jit: ")), "{args:?}: {}", ended.stderr);
        for event in ["jit: hot     ", "jit: compile #1 "] {
            assert!(ended.stderr.contains(event), "{args:?}: {}", ended.stderr);
        }
        let last = ended.stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("jit: ran     "), "{args:?}: {}", ended.stderr);
    }
    // What is interpreted has nothing to tell but where the time went.
    for (args, input) in [
        (&["run", "--no-jit", "--jit-log", "-"][..], LOOP),
        (&["awk", "--no-jit", "--jit-log", AWK_LOOP], ""),
    ] {
        let ended = run_with_input(args, input);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(0), "done\n"), "{args:?}: {ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{args:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("100 % interpreter"), "{args:?}: {}", ended.stderr);
    }
    // Without the option there is none.
    assert_eq!(run_with_input(["run", "-"], LOOP).stderr, "");
    assert_eq!(run(["awk", AWK_LOOP]).stderr, "");
}

#[test]
fn reports_show_the_program() {
    let scratch = Scratch::new("report");
    let bytecode = scratch.file("count.fvm", LOOP);
    let awk = scratch.file("count.awk", AWK_LOOP);
    let page = scratch.path("page.html");
    let (trace, block) = ("trace\">tracing tier", "block\">block tier");
    let cases: [(Vec<&std::ffi::OsStr>, &str, &str); 3] = [
        (args![bytecode].to_vec(), "JumpIfTrue loop", trace),
        (args!["run", "--timeout", "1m", bytecode].to_vec(), "JumpIfTrue loop", trace),
        (args!["awk", "-f", awk].to_vec(), "while (i &lt; 3000000)", block),
    ];
    for (program, text, tier) in cases {
        let command = args!["jit", "report", page];
        let ended = run(command.into_iter().chain(program.iter().copied()));
        assert_eq!(ended, Ended { status: Some(0), stdout: "done\n".into(), stderr: String::new() });
        let html = fs::read_to_string(&page).expect("the page");
        assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"), "{program:?}");
        assert!(html.contains(text), "{program:?}\n{html}");
        assert!(html.contains(&format!("<span class=\"chip {tier}</span>")), "{program:?}\n{html}");
        fs::remove_file(&page).expect("the page");
    }
}

/// What ends with an error has a report, and its own exit status; what cannot begin has none.
#[test]
fn programs_that_fail_keep_their_status() {
    let scratch = Scratch::new("report-fails");
    let (fails, invalid) =
        (scratch.file("fails.fvm", "LoadInt 7\nThrow"), scratch.file("invalid.fvm", "Add"));
    let page = scratch.path("page.html");
    let cases: [(Vec<&std::ffi::OsStr>, i32, bool); 5] = [
        (args![fails].to_vec(), 1, true),
        (args!["awk", "BEGIN { exit 3 }"].to_vec(), 3, true),
        (args![invalid].to_vec(), 2, false),
        (args!["awk", "BEGIN {"].to_vec(), 1, false),
        (args!["missing.fvm"].to_vec(), 2, false),
    ];
    for (program, status, is_written) in cases {
        let ended = run(args!["jit", "report", page].into_iter().chain(program.iter().copied()));
        assert_eq!((ended.status, page.exists()), (Some(status), is_written), "{program:?}: {ended:?}");
        let _ = fs::remove_file(&page);
    }
}

/// The examples of `fusevm jit dump --help`: the program waits for what is to be shown, however short it is.
#[test]
fn short_programs_have_code_to_show() {
    let fib = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/fib.fvm");
    let cases: [(&[&str], &str, &[&str]); 2] = [
        (&["--line", "37", fib], "fib.fvm:37 in fib", &["code", "CLIF", "machine code"]),
        (&["awk", "BEGIN { while (i < 1e6) i++ }"], "block tier, loop", &["CLIF", "machine code"]),
    ];
    for (program, code, forms) in cases {
        let ended = run(["jit", "dump"].into_iter().chain(program.iter().copied()));
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{program:?}");
        let heads: Vec<&str> = ended.stdout.lines().filter(|line| line.starts_with("==== ")).collect();
        assert!(heads.iter().any(|head| head.contains(code)), "{program:?}: {heads:?}");
        for form in forms {
            assert!(ended.stdout.contains(&format!("\n---- {form}")), "{program:?}: {form}");
        }
    }
}

#[test]
fn mistakes_are_explained() {
    let scratch = Scratch::new("jit-mistakes");
    let program = scratch.file("program.fvm", LOOP);
    let cases: [(Vec<&std::ffi::OsStr>, &str); 9] = [
        (args!["jit"].to_vec(), "Usage: fusevm jit <COMMAND>"),
        (args!["jit", "dmup", program].to_vec(), "a similar subcommand exists: 'dump'"),
        (args!["jit", "report"].to_vec(), "<PAGE.html>"),
        (args!["jit", "report", "page.html"].to_vec(), "<PROGRAM>..."),
        (args!["jit", "report", program, program].to_vec(), "must end in .html; the program comes after it"),
        (args!["jit", "report", "page.html", program, "--feul", "9"].to_vec(), "'--fuel'"),
        (args!["jit", "dump"].to_vec(), "<PROGRAM>..."),
        (args!["jit", "dump", "--line", "one", program].to_vec(), "invalid value 'one' for '--line <N>'"),
        (args!["jit", "dump", "--line", "1", "--op", "2", program].to_vec(), "cannot be used with"),
    ];
    for (args, message) in cases {
        let ended = run(&args);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(ended.stderr.contains(message), "{args:?}: {}", ended.stderr);
    }
    assert_eq!(fs::read_to_string(program).expect("it is still there"), LOOP);
}

#[test]
fn what_cannot_be_written_is_told() {
    let scratch = Scratch::new("jit-unwritable");
    let program = scratch.file("program.fvm", "Nop");
    let ended = run(args!["jit", "report", scratch.path("missing/page.html"), program]);
    assert_eq!(ended.status, Some(2));
    assert!(ended.stderr.contains("No such file or directory"), "{}", ended.stderr);
    let full = File::options().write(true).open("/dev/full").expect("/dev/full");
    let child = fusevm(args!["jit", "dump", scratch.file("loop.fvm", LOOP)]).stdout(full).output();
    let ended = Ended::from(child.expect("fusevm starts"));
    assert_eq!(ended.status, Some(2), "{ended:?}");
}

/// What the program prints is not in the dump.
#[test]
fn dumps_show_every_form() {
    let scratch = Scratch::new("dump-forms");
    let bytecode = scratch.file("count.fvm", LOOP);
    let awk = scratch.file("count.awk", AWK_LOOP);
    let output = scratch.path("dump.txt");
    let cases: [(Vec<&std::ffi::OsStr>, &str); 3] = [
        (args!["--line", "3", bytecode].to_vec(), "JumpIfTrue L2"),
        (args!["--op", "2", "run", bytecode].to_vec(), "JumpIfTrue L2"),
        (args!["--line", "2", "awk", "-f", awk].to_vec(), "  while (i < 3000000)\n"),
    ];
    for (arguments, text) in cases {
        let ended = run(args!["jit", "dump"].into_iter().chain(arguments.iter().copied()));
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        let parts =
            ["==== compile #1 ", "---- code, beside its ops\n", "---- CLIF", "---- machine code", text];
        for part in parts {
            assert!(ended.stdout.contains(part), "{arguments:?} {part}: {}", ended.stdout);
        }
        assert!(!ended.stdout.contains("done"), "{arguments:?}");
        let to_file = args!["jit", "dump", "--output", output];
        let ended = run(to_file.into_iter().chain(arguments.iter().copied()));
        assert_eq!(ended, Ended { status: Some(0), stdout: String::new(), stderr: String::new() });
        assert!(fs::read_to_string(&output).expect("the dump").contains(text), "{arguments:?}");
    }
}

/// A loop that goes two ways: what is seen of its traces, in the program's own lines.
#[test]
fn traces_are_seen_on_every_step() {
    let scratch = Scratch::new("traces");
    let bytecode = "
        LoadInt 0
        SetSlot 0
        loop: GetSlot 0
        LoadInt 3
        BitAnd
        JumpIfTrue next
        PreIncSlotVoid 1
        next: PreIncSlot 0
        LoadInt 1000000
        NumLt
        JumpIfTrue loop
        GetSlot 1
        PrintLn 1";
    let bytecode = scratch.file("ways.fvm", bytecode);
    let traced = |arguments: Vec<&std::ffi::OsStr>| {
        let output = fusevm(arguments).env("FUSEVM_JIT_TRACES", "chosen").output().expect("it starts");
        assert_eq!(output.status.code(), Some(0));
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("text"))
    };
    let [output, log] = traced(args!["run", "--jit-log", bytecode].to_vec());
    assert_eq!(output, "250000\n");
    let events = ["hot     ", "record  ", "compile #1 ", "link    #1 ", "exit    #1 ", "ran     "];
    for event in events {
        let line = log.lines().find(|line| line.starts_with(&format!("jit: {event}")));
        let line = line.unwrap_or_else(|| panic!("no {event} in {log}"));
        assert!(event.starts_with("ran") || line.contains("ways.fvm:4"), "{line}");
    }
    assert!(log.contains("a condition was not as it was when the path was recorded"), "{log}");
    let [dump, _] = traced(args!["jit", "dump", bytecode].to_vec());
    let forms =
        ["trace tier", "as recorded", "after forward", "after peel", "after sink", "CLIF", "machine code"];
    for form in forms {
        assert!(dump.contains(form), "{form}: {dump}");
    }
}

/// A loop of floats, which is what awk has, becomes code of the block tier: in the program's own lines.
#[test]
fn loops_of_floats_are_not_traced() {
    let scratch = Scratch::new("floats");
    let text = "BEGIN {\n while (i < 1000000) {\n  if (i % 4 == 0) n++\n  i++\n }\n print n }\n";
    let awk = scratch.file("ways.awk", text);
    let ended = run(args!["awk", "--jit-log", "-f", awk]);
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(0), "250000\n"));
    for event in ["hot     ", "abort   ", "compile #1 "] {
        let is_there = |line: &str| line.starts_with(&format!("jit: {event}")) && line.contains("ways.awk:2");
        assert!(ended.stderr.lines().any(is_there), "no {event} in {}", ended.stderr);
    }
    assert!(ended.stderr.contains("block tier, loop"), "{}", ended.stderr);
}

/// A line without native code is answered with the lines that have some.
#[test]
fn dumps_say_what_there_is() {
    let scratch = Scratch::new("dump");
    let program = scratch.file("program.fvm", LOOP);
    let ended = run(args!["jit", "dump", "--line", "77", program]);
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.starts_with("fusevm: no native code begins at line 77\n"), "{}", ended.stderr);
    let ended = run(["jit", "dump", "awk", "BEGIN { print 1 }"]);
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("nothing was compiled to native code"), "{}", ended.stderr);
}

/// `--explain` shows what each line is compiled to, and what became of the loops.
#[test]
fn programs_are_explained_line_by_line() {
    let scratch = Scratch::new("explain");
    let awk = scratch.file("count.awk", AWK_LOOP);
    let ended = run(args!["awk", "--explain", "-f", awk]);
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(0), "done\n"));
    let code_of = |line: &str| {
        let after =
            ended.stderr.split_once(line).unwrap_or_else(|| panic!("no {line} in {}", ended.stderr)).1;
        after.lines().skip(1).take_while(|line| line.contains(" | ")).collect::<Vec<_>>()
    };
    let counts = code_of("count.awk:3: i++");
    assert!(counts.iter().any(|row| row.ends_with("Inc")), "{counts:?}");
    let prints = code_of("count.awk:4: print \"done\"");
    assert!(prints.iter().any(|row| row.ends_with("AwkPrint 1")), "{prints:?}");
    let (_, end) = ended.stderr.split_once("count.awk:2: loop, hot after ").expect("the loop");
    assert!(end.contains("native code: block tier, "), "{end}");
}
