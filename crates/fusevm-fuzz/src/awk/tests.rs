//! What the generators promise, and a bounded run of what is always tested.

use super::shrink::shrink_case;
use super::{Case, case, check, program, shrink_text};

/// Programs of each kind that the suite compiles.
const PROGRAMS: u64 = 400;

#[test]
fn a_seed_repeats_its_program() {
    for seed in 0..20 {
        assert_eq!(case(seed), case(seed));
        assert_eq!(program(seed), program(seed));
    }
}

#[test]
fn whole_programs_compile() {
    for seed in 0..PROGRAMS {
        let text = case(seed).program;
        let source = fusevm_awk::Source::from_text("program", &text).expect("little text");
        let compiled = fusevm_awk::compile(&source, &fusevm_awk::CompileOptions::default());
        if let Err(errors) = compiled {
            panic!("seed {seed}: {}", errors[0].render(&source, false));
        }
    }
}

#[test]
fn mangled_programs_compile_or_are_refused() {
    for seed in 0..PROGRAMS {
        if let Err(what) = check(&program(seed), seed) {
            panic!("seed {seed}: {what}\n{}", String::from_utf8_lossy(&program(seed)));
        }
    }
}

#[test]
fn a_case_is_read_back_as_it_was_written() {
    for seed in 0..40 {
        let case = case(seed);
        assert_eq!(Case::parse(&case.to_text()).as_ref(), Ok(&case));
    }
}

#[test]
fn shrinking_keeps_what_fails() {
    let text = b"BEGIN {\n\tx = 1\n\tif (x) {\n\t\tprint \"bad\"\n\t}\n}\n";
    assert_eq!(shrink_text(text, |text| text.windows(5).any(|part| part == b"\"bad\"")), b"\"bad\"");
    let case = Case { files: vec![("d1".into(), b"a b\nc d\n".to_vec())], ..case(1) };
    let small = shrink_case(&case, |case| case.files.iter().any(|(_, content)| content.contains(&b'c')));
    assert_eq!((small.program.as_str(), small.files), ("", vec![("d1".to_owned(), b"c".to_vec())]));
}
