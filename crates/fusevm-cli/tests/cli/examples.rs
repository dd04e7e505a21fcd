//! The programs in `examples/` do what they say.

use crate::args;
use crate::support::{Ended, example, run};

/// Each program with its output and its result.
const EXAMPLES: [(&str, &str, &str); 5] = [
    ("hello.fvm", "Hello, world!\n", ""),
    ("fib.fvm", "0 1 1 2 3 5 8 13 21 34 55 89 144 233 377 \nfib(20) = 6765\n", "undef\n"),
    ("primes.fvm", "2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59 61 67 71 73 79 83 89 97 \n", ""),
    ("closure.fvm", "12 101\n", "13\n"),
    (
        "exception.fvm",
        "12 divided gives 2\n12 divided gives 4\ncaught: division by zero\n12 divided gives 6\n",
        "undef\n",
    ),
];

#[test]
fn examples_run_on_both_interpreters() {
    for (name, output, result) in EXAMPLES {
        let ended = |stdout: String| Ended { status: Some(0), stdout, stderr: String::new() };
        let file = example(name);
        assert_eq!(run(args!["run", file]), ended(output.to_string()), "{name}");
        for engine in [&[][..], &["--reference"]] {
            let mut args = args!["run", "--print-result", file].to_vec();
            args.extend(engine.iter().map(std::ffi::OsStr::new));
            assert_eq!(run(args), ended(format!("{output}{result}")), "{name} {engine:?}");
        }
    }
}

/// No program is left out above.
#[test]
fn every_example_is_tested() {
    let entries = std::fs::read_dir(example("")).expect("examples");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    let mut programs: Vec<String> = names.filter(|name| name.ends_with(".fvm")).collect();
    programs.sort();
    let mut tested = EXAMPLES.map(|(name, ..)| name);
    tested.sort();
    assert_eq!(programs, tested);
}
