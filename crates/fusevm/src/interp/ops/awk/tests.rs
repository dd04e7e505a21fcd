//! Tables of what awk's functions and operators give. Results without a remark are those of gawk 5.2.1 in the
//! locale C.UTF-8.

use crate::ChunkBuilder;
use crate::awk_host::Special;
use crate::op::Op;
use crate::value::{ByteStr, Value};
use crate::vm::{VM, VMResult};

/// A VM whose chunk applies ops to values; its result is the last value.
fn vm(values: &[Value], ops: &[Op]) -> VM {
    let mut builder = ChunkBuilder::new();
    // Slots, since constants cannot come from input.
    for slot in 0..values.len() {
        builder.emit(Op::GetSlot(slot as u16), 1);
    }
    for op in ops {
        builder.emit(*op, 1);
    }
    let mut vm = VM::new(builder.build());
    for (slot, value) in values.iter().enumerate() {
        vm.set_slot(slot as u16, value.clone());
    }
    vm.awk().set_utf8(true);
    vm
}

/// What ops make of values, in a VM that `prepare` has prepared, on both interpreters.
fn run_in(prepare: impl Fn(&mut VM), values: &[Value], ops: &[Op]) -> VMResult {
    let results = [true, false].map(|reference| {
        let mut vm = vm(values, ops);
        vm.set_reference_interpreter(reference);
        prepare(&mut vm);
        vm.run()
    });
    let [reference, fast] = results;
    assert_eq!(reference, fast, "{ops:?} on {values:?}");
    fast
}

fn run(values: &[Value], ops: &[Op]) -> Value {
    match run_in(|_| (), values, ops) {
        VMResult::Ok(value) => value,
        other => panic!("{ops:?} on {values:?}: {other:?}"),
    }
}

fn text(s: &str) -> Value {
    Value::str(s)
}

fn input(s: &str) -> Value {
    Value::Str(ByteStr::from_input(s.as_bytes()))
}

#[test]
fn substr() {
    let cases: &[(f64, Option<f64>, &str)] = &[
        (0.0, None, "hello"),
        (-1.0, Some(3.0), "hel"),
        (0.0, Some(2.0), "he"),
        (2.0, Some(3.0), "ell"),
        (1.9, Some(1.9), "h"),
        (2.5, Some(2.9), "el"),
        (2.99, Some(0.99), ""),
        (2.0, Some(-1.0), ""),
        (5.0, Some(100.0), "o"),
        (6.0, Some(1.0), ""),
        (2.0, Some(1e300), "ello"),
        (f64::NAN, Some(2.0), "he"),
        (2.0, Some(f64::NAN), ""),
        (f64::INFINITY, None, ""),
    ];
    for (from, count, expected) in cases {
        let mut values = vec![text("hello"), Value::Float(*from)];
        values.extend(count.map(Value::Float));
        let n = values.len() as u8;
        assert_eq!(run(&values, &[Op::AwkSubstr(n)]), text(expected), "from {from}, count {count:?}");
    }
    assert_eq!(run(&[text("héllo"), Value::Int(2), Value::Int(2)], &[Op::AwkSubstr(3)]), text("él"));
    assert_eq!(run(&[Value::Float(12345.0), Value::Int(2)], &[Op::AwkSubstr(2)]), text("2345"));
}

#[test]
fn index_and_length() {
    for (s, t, expected) in [("foobar", "bar", 4.0), ("a", "b", 0.0), ("a", "", 1.0), ("héllo", "l", 3.0)] {
        assert_eq!(run(&[text(s), text(t)], &[Op::AwkIndex]), Value::Float(expected), "{s} {t}");
    }
    let cases = [
        (text("héllo"), 5.0),
        (Value::Float(12345.0), 5.0),
        (Value::Float(0.1 + 0.2), 3.0),
        (Value::Undef, 0.0),
    ];
    for (value, expected) in cases {
        assert_eq!(
            run(std::slice::from_ref(&value), &[Op::AwkLength(1)]),
            Value::Float(expected),
            "{value:?}"
        );
    }
}

#[test]
fn match_sets_the_place() {
    for (s, re, start, length) in
        [("foobar", "o+", 2.0, 2.0), ("x", "y", 0.0, -1.0), ("", "x*", 1.0, 0.0), ("éab", "b|ab", 2.0, 2.0)]
    {
        let mut vm = vm(&[text(s), text(re)], &[Op::AwkMatch]);
        assert_eq!(vm.run(), VMResult::Ok(Value::Float(start)), "{s} {re}");
        let awk = vm.awk();
        let found = [Special::Rstart, Special::Rlength].map(|special| awk.number(special));
        assert_eq!(found, [Some(start), Some(length)], "{s} {re}");
    }
}

/// Expression, replacement, target; what `gsub` makes of it and its count; what `sub` makes of it.
const SUBSTITUTIONS: &[(&str, &str, &str, &str, f64, &str)] = &[
    ("l", "[&]", "hello", "he[l][l]o", 2.0, "he[l]lo"),
    ("x*", "-", "abc", "-a-b-c-", 4.0, "-abc"),
    ("b*", "X", "abc", "XaXcX", 3.0, "Xabc"),
    ("^a", "x", "aaa", "xaa", 1.0, "xaa"),
    ("$", "!", "abc", "abc!", 1.0, "abc!"),
    ("c*$", "!", "abc", "ab!", 1.0, "ab!"),
    ("a", "\\&", "banana", "b&n&n&", 3.0, "b&nana"),
    ("a", "\\\\&", "banana", "b\\an\\an\\a", 3.0, "b\\anana"),
    ("a", "\\\\\\&", "banana", "b\\&n\\&n\\&", 3.0, "b\\&nana"),
    ("a", "\\\\\\\\&", "banana", "b\\\\an\\\\an\\\\a", 3.0, "b\\\\anana"),
    ("a", "\\q\\\\", "banana", "b\\q\\\\n\\q\\\\n\\q\\\\", 3.0, "b\\q\\\\nana"),
    ("a|an", "<&>", "banana", "b<an><an><a>", 3.0, "b<an>ana"),
    (".", "x", "éa", "xx", 2.0, "xa"),
    ("x*", "-", "xxaxx", "-a-", 2.0, "-axx"),
    ("[0-9]+", "#", "a12b345", "a#b#", 2.0, "a#b345"),
    ("a", "", "aaa", "", 3.0, "aa"),
    ("", "&", "", "", 1.0, ""),
    ("b", "a&\\", "abc", "aab\\c", 1.0, "aab\\c"),
    // gawk takes é apart here; awk's characters are what they are everywhere else.
    ("", "-", "éa", "-é-a-", 3.0, "-éa"),
];

#[test]
fn sub_and_gsub() {
    for (re, replacement, target, all, count, first) in SUBSTITUTIONS {
        let values = [text(re), text(replacement), text(target)];
        assert_eq!(run(&values, &[Op::AwkGsub(3)]), Value::Float(*count), "{values:?}");
        assert_eq!(run(&values, &[Op::AwkGsub(3), Op::Pop]), text(all), "{values:?}");
        assert_eq!(run(&values, &[Op::AwkSub(3), Op::Pop]), text(first), "{values:?}");
        // The same on the record.
        let record = |vm: &mut VM| vm.awk().record.set_text(target.as_bytes()).unwrap();
        let result = run_in(record, &values[..2], &[Op::AwkGsub(2), Op::Pop]);
        assert_eq!(result, VMResult::Ok(text(all)), "{values:?}");
    }
    // Without a match the target is as it was, also as a number.
    let unmatched = [text("z"), text("x"), Value::Float(1.5)];
    assert_eq!(run(&unmatched, &[Op::AwkGsub(3), Op::Pop]), Value::Float(1.5));
}

#[test]
fn gensub() {
    let cases = [
        ("(h)(e)", "\\2\\1&\\0", "1", "hello", "ehhehello"),
        ("l", "L", "2", "hello", "helLo"),
        ("l", "L", "g", "hello", "heLLo"),
        ("l", "L", "G2", "hello", "heLLo"),
        ("l", "L", "3", "hello", "hello"),
        ("l", "L", "-1", "hello", "heLlo"),
        ("(a)|(b)", "[\\1\\2\\3]", "g", "abc", "[a][b]c"),
        ("x*", "-", "g", "abc", "-a-b-c-"),
        ("x*", "-", "2", "abc", "a-bc"),
        ("b*", "X", "3", "abc", "abXc"),
        ("a", "\\q", "g", "abc", "qbc"),
        ("a", "\\\\", "g", "abc", "\\bc"),
        ("a", "\\&", "g", "abc", "&bc"),
    ];
    for (re, replacement, how, target, expected) in cases {
        let values = [text(re), text(replacement), text(how), text(target)];
        assert_eq!(run(&values, &[Op::AwkGensub(4)]), text(expected), "{values:?}");
    }
}

#[test]
fn split() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("a b  c", " ", &["a", "b", "c"]),
        (":a::b:", ":", &["", "a", "", "b", ""]),
        ("a1b22c", "[0-9]+", &["a", "b", "c"]),
        ("abc", "", &["a", "b", "c"]),
        ("", ",", &[]),
        (" a b ", "[ ]", &["", "a", "b", ""]),
        ("a.b.c", ".", &["a", "b", "c"]),
        ("a|b", "|", &["a", "b"]),
        ("a\\b", "\\", &["a", "b"]),
        ("aéb", "", &["a", "é", "b"]),
        ("abab", "b*", &["a", "a", ""]),
        ("x1y", "x|y", &["", "1", ""]),
    ];
    for (s, separator, expected) in cases {
        let values = [text(s), text(separator)];
        assert_eq!(run(&values, &[Op::AwkSplit(2)]), Value::Float(expected.len() as f64), "{values:?}");
        let hash = Value::hash(expected.iter().enumerate().map(|(i, piece)| (i as i64 + 1, text(piece))));
        assert_eq!(run(&values, &[Op::AwkSplit(2), Op::Pop]), hash, "{values:?}");
    }
    // Elements look numeric where they do; a newline parts fields of paragraphs, but nothing here.
    let first = [Op::AwkSplit(2), Op::Pop, Op::LoadInt(1), Op::IndexGet, Op::LoadFloat(10.0), Op::AwkEq];
    assert_eq!(run(&[text("1e1:x"), text(":")], &first), Value::Bool(true));
    let paragraphs = |vm: &mut VM| {
        vm.awk().set(crate::awk_host::Special::Rs, text("")).unwrap();
        vm.awk().set(crate::awk_host::Special::Fs, text(":")).unwrap();
    };
    assert_eq!(run_in(paragraphs, &[text("a\nb:c")], &[Op::AwkSplit(1)]), VMResult::Ok(Value::Float(2.0)));
}

#[test]
fn comparison_and_truth() {
    let cases = [
        (Value::Float(2.0), Value::Float(10.0), true),
        (text("2"), text("10"), false),
        (input("2"), input("10"), true),
        (input("2"), text("10"), false),
        (input(" 2 "), Value::Int(10), true),
        (input("2x"), Value::Int(10), false),
        (Value::Undef, input("1"), true),
        (Value::Undef, text(""), false),
        (Value::Undef, text("a"), true),
        (input("-inf"), Value::Int(0), true),
        (Value::Float(0.1), text("0.2"), true),
    ];
    for (a, b, less) in cases {
        let values = [a, b];
        assert_eq!(run(&values, &[Op::AwkLt]), Value::Bool(less), "{values:?}");
        assert_eq!(run(&values, &[Op::AwkGe]), Value::Bool(!less), "{values:?}");
    }
    assert_eq!(run(&[input("1e1"), input("10")], &[Op::AwkEq]), Value::Bool(true));
    assert_eq!(run(&[input("+nan"), input("+nan")], &[Op::AwkNe]), Value::Bool(true));
    let truths = [
        (Value::Undef, false),
        (Value::Float(0.0), false),
        (Value::Float(f64::NAN), true),
        (text("0"), true),
        (text(""), false),
        (input("0"), false),
        (input(" 0.0 "), false),
        (input("0x"), true),
        (input(""), false),
    ];
    for (value, truth) in truths {
        assert_eq!(run(std::slice::from_ref(&value), &[Op::AwkTruthy]), Value::Bool(truth), "{value:?}");
    }
}

#[test]
fn numbers_become_strings() {
    let cases = [
        (Value::Float(17.0), "17"),
        (Value::Float(1e6), "1000000"),
        (Value::Float(1e30), "1000000000000000019884624838656"),
        (Value::Float(0.1), "0.1"),
        (Value::Float(1.23456789), "1.23457"),
        (Value::Float(-0.0), "0"),
        (Value::Float(f64::INFINITY), "+inf"),
        (Value::Bool(false), "0"),
        (Value::Undef, ""),
        (input("007"), "007"),
    ];
    for (value, expected) in cases {
        assert_eq!(run(std::slice::from_ref(&value), &[Op::AwkToStr]), text(expected), "{value:?}");
    }
    let convfmt = |vm: &mut VM| vm.awk().set(crate::awk_host::Special::Convfmt, text("%.2f")).unwrap();
    let result = run_in(convfmt, &[Value::Float(1.23456789)], &[Op::AwkToStr]);
    assert_eq!(result, VMResult::Ok(text("1.23")));
}

#[test]
fn bits() {
    let cases: &[(&[f64], Op, f64)] = &[
        (&[12.0, 10.0], Op::AwkAnd(2), 8.0),
        (&[12.0, 10.0, 1.0], Op::AwkOr(3), 15.0),
        (&[12.0, 10.0], Op::AwkXor(2), 6.0),
        (&[1.9, 3.0], Op::AwkAnd(2), 1.0),
        (&[0.0], Op::AwkCompl, 9_007_199_254_740_991.0),
        (&[(1_u64 << 60) as f64], Op::AwkCompl, 9_007_199_254_740_991.0),
        (&[1.0, 4.0], Op::AwkLshift, 16.0),
        (&[(1_u64 << 53) as f64, 2.0], Op::AwkLshift, 36_028_797_018_963_968.0),
        (&[16.0, 2.0], Op::AwkRshift, 4.0),
    ];
    for (operands, op, expected) in cases {
        let values: Vec<_> = operands.iter().map(|x| Value::Float(*x)).collect();
        assert_eq!(run(&values, &[*op]), Value::Float(*expected), "{op:?} {operands:?}");
    }
    let negative = run_in(|_| (), &[Value::Int(-1), Value::Int(1)], &[Op::AwkAnd(2)]);
    assert!(matches!(negative, VMResult::Error(error) if error.message().contains("-1")));
}

#[test]
fn strtonum() {
    let cases = [
        (text("0x1A"), 26.0),
        (text("0x1Ag"), 26.0),
        (text("0x"), 0.0),
        (text("011"), 9.0),
        (text("018"), 18.0),
        (text("017x"), 15.0),
        (text("01.5"), 1.5),
        (text("07e1"), 70.0),
        (text(" 12x"), 12.0),
        (text("-011"), -11.0),
        (text("1e3"), 1000.0),
        (Value::Float(17.0), 17.0),
    ];
    for (value, expected) in cases {
        assert_eq!(
            run(std::slice::from_ref(&value), &[Op::AwkStrtonum]),
            Value::Float(expected),
            "{value:?}"
        );
    }
}

#[test]
fn sprintf() {
    let cases: &[(&[Value], &str)] = &[
        (&[text("%d %i"), text("0x1A"), text("1e3x")], "0 1000"),
        (&[text("%s %s"), Value::Float(1e6), Value::Float(0.1)], "1000000 0.1"),
        (&[text("%c%c%c"), text("abc"), Value::Float(256.0), input("65")], "aĀA"),
        (&[text("%5.2f|%-4s|"), Value::Float(1.23456789), text("é")], " 1.23|é   |"),
        (&[text("plain")], "plain"),
        (&[Value::Float(0.5)], "0.5"),
    ];
    for (values, expected) in cases {
        assert_eq!(run(values, &[Op::AwkSprintf(values.len() as u8)]), text(expected), "{values:?}");
    }
    let missing = run_in(|_| (), &[text("%d %d"), Value::Int(1)], &[Op::AwkSprintf(2)]);
    assert!(matches!(missing, VMResult::Error(error) if error.message().contains("not enough arguments")));
}

#[test]
fn what_needs_a_host_is_refused_without_one() {
    use crate::op::getline_source;
    let refused = |values: &[Value], ops: &[Op]| match run_in(crate::awk_builtins::register, values, ops) {
        VMResult::Error(error) => error.kind() == crate::error::ErrorKind::NoHost,
        _ => false,
    };
    assert!(refused(&[], &[Op::AwkGetline(getline_source::MAIN)]));
    assert!(refused(&[text("f")], &[Op::AwkGetline(getline_source::FILE)]));
    assert!(refused(&[text("date")], &[Op::AwkGetline(getline_source::COMMAND_VAR)]));
    assert!(refused(&[text("x"), text("f")], &[Op::AwkOutput(0), Op::AwkPrint(1)]));
    assert!(refused(&[text("true")], &[Op::CallBuiltin(crate::awk_builtins::SYSTEM, 1)]));
    assert!(!refused(&[text("f")], &[Op::CallBuiltin(crate::awk_builtins::CLOSE, 1)]));
}
