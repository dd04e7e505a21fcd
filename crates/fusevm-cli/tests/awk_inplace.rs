//! `-i inplace`: files are edited, and never lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;

mod support;
use support::{Awk, Observed, Scratch};

/// Runs awk on two files; what it did, and the files after it.
fn edit(arguments: &[&str], files: &[(&str, &str)]) -> (Observed, Vec<(String, String)>) {
    let scratch = Scratch::new();
    for (name, text) in files {
        fs::write(scratch.dir().join(name), text).expect("a file");
    }
    let first = scratch.dir().join(files[0].0);
    fs::set_permissions(&first, fs::Permissions::from_mode(0o640)).expect("its mode");
    let awk = Awk::under_test();
    let names = files.iter().map(|(name, _)| name);
    let observed = scratch.run(awk.command().args(["-i", "inplace"]).args(arguments).args(names), b"");
    let mode = fs::metadata(&first).expect("the first file is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640, "{}: {arguments:?}", awk.name);
    let mut after: Vec<(String, String)> = fs::read_dir(scratch.dir())
        .expect("the directory")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("a text"))
        })
        .collect();
    after.sort();
    (observed, after)
}

fn own(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
}

/// Arguments, standard output, the files after it.
type Case = (&'static [&'static str], &'static str, &'static [(&'static str, &'static str)]);

const FILES: &[(&str, &str)] = &[("one", "a\nb\n"), ("two", "c\n")];

#[test]
fn what_is_printed_takes_the_place_of_the_file() {
    let cases: &[Case] = &[
        (
            &["{ print FILENAME, $0 } END { print \"end\" }"],
            "end\n",
            &[("one", "one a\none b\n"), ("two", "two c\n")],
        ),
        (&["{ print $0 \"!\" > \"/dev/stdout\" }"], "", &[("one", "a!\nb!\n"), ("two", "c!\n")]),
        (&["FNR == 1 { print; nextfile }"], "", &[("one", "a\n"), ("two", "c\n")]),
        (&["{ print toupper($0); exit } END { print \"end\" }"], "end\n", &[("one", "A\n"), ("two", "c\n")]),
        (
            &["-v", "inplace::suffix=.old", "{ print 1 }"],
            "",
            &[("one", "1\n1\n"), ("one.old", "a\nb\n"), ("two", "1\n"), ("two.old", "c\n")],
        ),
        (&["-v", "inplace::enable=0", "{ print }"], "a\nb\nc\n", FILES),
        (
            &["BEGIN { inplace::suffix = \"~\" } /b/"],
            "",
            &[("one", "b\n"), ("one~", "a\nb\n"), ("two", ""), ("two~", "c\n")],
        ),
    ];
    for (arguments, output, expected) in cases {
        let (observed, after) = edit(arguments, FILES);
        assert_eq!(observed.stderr_text(), "", "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&observed.stdout), *output, "{arguments:?}");
        assert_eq!(after, own(expected), "{arguments:?}");
    }
}

#[test]
fn a_run_that_fails_leaves_the_file_as_it_was() {
    let (observed, after) = edit(&["{ print \"new\"; print 1 / (NR - 2) }"], FILES);
    assert_eq!(observed.status.code(), Some(2));
    assert_eq!(after, own(FILES));
    let (observed, after) = edit(&["{ print \"new\" }"], &[("one", "a\n")]);
    assert_eq!((observed.status.code(), after), (Some(0), own(&[("one", "new\n")])));
}
