//! Strings and their comparison.

use super::super::{compare, strings};
use super::{array, check, error_kind, float, int, text};
use crate::error::ErrorKind;
use crate::value::{ByteStr, Ref, Value, heap};
use std::cmp::Ordering;

#[test]
fn concat_joins_string_forms() {
    let cases = [
        (text("a"), text("b"), "ab"),
        (text(""), text(""), ""),
        (int(1), int(-2), "1-2"),
        (float(1.5), float(-0.0), "1.5-0"),
        (Value::Undef, Value::Bool(true), "1"),
        (Value::Bool(false), text("x"), "x"),
        (array([1, 2]), text("!"), "1 2!"),
        (text("!"), array([1, 2]), "!1 2"),
        (Value::hash([("k", 1)]), Value::Ref(Ref::new(int(1))), "(hash)(ref)"),
        (Value::NativeFn(3), Value::Status(7), "(builtin:3)7"),
        (text("more than fourteen bytes"), int(14), "more than fourteen bytes14"),
    ];
    for (a, b, expected) in cases {
        check((&a, &b), &strings::concat(a.clone(), &b).expect("no limit"), &text(expected));
    }
    let bytes = strings::concat(Value::from(b"\xff\x00"), &Value::from(b"\xfe")).expect("no limit");
    assert_eq!(bytes.as_bytes(), &b"\xff\x00\xfe"[..]);
}

#[test]
fn a_unique_left_operand_is_appended_to_in_place() {
    let mut place = text(&"x".repeat(100));
    strings::append(&mut place, &text("room for more")).expect("no limit");
    let at = |value: &Value| match value {
        Value::Str(s) => s.as_ptr(),
        _ => panic!("a string"),
    };
    let before = at(&place);
    strings::append(&mut place, &text("y")).expect("no limit");
    assert_eq!(at(&place), before, "moved");
    let copy = place.clone();
    strings::append(&mut place, &text("z")).expect("no limit");
    assert_eq!((copy.len(), place.len()), (114, 115), "a copy must not change");
}

#[test]
fn what_is_joined_is_no_longer_input() {
    let input = |s: &str| Value::Str(ByteStr::from_input(s.as_bytes()));
    for (left, right) in [("12", ""), ("12", "34"), ("1 longer input than inline", ""), ("", "")] {
        let joined = strings::concat(input(left), &input(right)).expect("no limit");
        assert!(matches!(joined, Value::Str(s) if !s.is_input()), "{left:?} and {right:?}");
    }
}

#[test]
fn repeat_takes_any_count() {
    let cases = [
        (text("ab"), int(3), "ababab"),
        (text("ab"), int(0), ""),
        (text("ab"), int(-1), ""),
        (text("ab"), int(i64::MIN), ""),
        (text(""), int(i64::MAX), ""),
        (text("x"), text("2 and"), "xx"),
        (int(7), float(2.9), "77"),
        (text("x"), float(f64::NAN), ""),
    ];
    for (s, n, expected) in cases {
        check((&s, &n), &strings::repeat(&s, &n).expect("no limit"), &text(expected));
    }
    assert_eq!(error_kind(strings::repeat(&text("ab"), &int(i64::MAX))), ErrorKind::Heap);
}

#[test]
fn string_forms_and_repetition_meet_the_heap_limit() {
    heap::set_ceiling(Some(heap::live() + 1_000_000), None);
    // 2^40 elements, on 40 small arrays.
    let mut huge = array([1, 1]);
    for _ in 0..40 {
        huge = Value::array(vec![huge.clone(), huge]);
    }
    let results = [
        strings::repeat(&text("abc"), &int(1_000_000)),
        strings::concat(text("a"), &huge),
        strings::concat(huge.clone(), &text("a")),
        strings::len(&huge),
        compare::str_compare(&huge, &text("a")).map(|ordering| int(ordering as i64)),
        super::super::collections::hash_get(&Value::hash([("k", 1)]), &huge),
    ];
    heap::set_ceiling(None, None);
    for (index, result) in results.into_iter().enumerate() {
        assert_eq!(error_kind(result), ErrorKind::Heap, "case {index}");
    }
}

#[test]
fn length_is_in_bytes_of_the_string_form() {
    let cases = [
        (text(""), 0),
        (text("héllo"), 6),
        (int(-120), 4),
        (float(1e21), 5),
        (Value::Undef, 0),
        (array([1, 22]), 4),
        (Value::hash([("a", 1)]), 6),
    ];
    for (value, expected) in cases {
        check(&value, &strings::len(&value).expect("no limit"), &int(expected));
    }
}

#[test]
fn strings_compare_in_byte_order() {
    let cases = [
        (text("a"), text("b"), Ordering::Less),
        (text("a"), text("B"), Ordering::Greater),
        (text("a"), text("aa"), Ordering::Less),
        (text(""), Value::Undef, Ordering::Equal),
        (int(10), int(9), Ordering::Less),
        (int(1), float(1.0), Ordering::Equal),
        (text("1.0"), float(1.0), Ordering::Greater),
        (Value::from(b"\xff"), text("é"), Ordering::Greater),
        (Value::Bool(true), int(1), Ordering::Equal),
        (array([1, 2]), text("1 2"), Ordering::Equal),
    ];
    for (a, b, expected) in cases {
        assert_eq!(compare::str_compare(&a, &b).expect("no limit"), expected, "{a:?} and {b:?}");
        assert_eq!(compare::str_compare(&b, &a).expect("no limit"), expected.reverse(), "{b:?} and {a:?}");
        assert_eq!(compare::str_eq(&a, &b).expect("no limit"), expected.is_eq(), "{a:?} and {b:?}");
    }
}
