//! Arrays, hashes and references.

use super::super::{collections, refs};
use super::{array, check, error_kind, float, int, text};
use crate::error::ErrorKind;
use crate::value::{Code, Ref, Value, heap};

/// Values that are neither array nor hash nor Undef.
fn wrong_kinds() -> [Value; 6] {
    [int(1), float(0.5), text("12"), Value::Bool(true), Value::Ref(Ref::new(array([1]))), Value::NativeFn(1)]
}

fn hash() -> Value {
    Value::hash([("one", 1), ("2", 2), ("", 3)])
}

#[test]
fn array_elements_are_read_by_index() {
    let values = array([10, 20, 30]);
    let cases = [
        (int(0), int(10)),
        (int(2), int(30)),
        (int(3), Value::Undef),
        (int(-1), Value::Undef),
        (int(i64::MIN), Value::Undef),
        (int(i64::MAX), Value::Undef),
        (float(1.9), int(20)),
        (float(-0.5), int(10)),
        (float(f64::NAN), int(10)),
        (text("1"), int(20)),
        (Value::Undef, int(10)),
    ];
    for (index, expected) in cases {
        check(&index, &collections::array_get(&values, &index), &expected);
        check(&index, &refs::index_get(&values, &index).expect("no limit"), &expected);
        check(
            &index,
            &refs::index_get(&Value::Ref(Ref::new(values.clone())), &index).expect("ok"),
            &expected,
        );
    }
}

#[test]
fn writing_an_element_makes_the_array_grow() {
    let mut place = Value::Undef;
    collections::array_set(&mut place, &int(2), int(5)).expect("Undef becomes an array");
    check("set", &place, &Value::array(vec![Value::Undef, Value::Undef, int(5)]));
    collections::array_set(&mut place, &int(0), text("first")).expect("an array");
    collections::array_push(&mut place, int(6)).expect("an array");
    check("push", &place, &Value::array(vec![text("first"), Value::Undef, int(5), int(6)]));
    check("shift", &collections::array_shift(&mut place), &text("first"));
    check("pop", &collections::array_pop(&mut place), &int(6));
    check("len", &collections::array_len(&place), &int(2));

    let mut undef = Value::Undef;
    assert_eq!(error_kind(collections::array_set(&mut undef, &int(-1), int(0))), ErrorKind::Range);
    check("a failed write", &undef, &Value::Undef);
    assert_eq!(error_kind(collections::array_set(&mut place, &int(-1), int(0))), ErrorKind::Range);
    assert_eq!(error_kind(collections::array_set(&mut place, &int(i64::MAX), int(0))), ErrorKind::Heap);
    check("after failed writes", &collections::array_len(&place), &int(2));
}

#[test]
fn a_wrong_kind_reads_as_empty_and_cannot_be_written() {
    for mut place in wrong_kinds().into_iter().chain([Value::Undef]) {
        let before = place.clone();
        check(&before, &collections::array_get(&place, &int(0)), &Value::Undef);
        check(&before, &collections::array_pop(&mut place), &Value::Undef);
        check(&before, &collections::array_shift(&mut place), &Value::Undef);
        check(&before, &collections::array_len(&place), &int(0));
        check(&before, &collections::hash_get(&place, &int(0)).expect("reads"), &Value::Undef);
        check(&before, &collections::hash_delete(&mut place, &int(0)).expect("reads"), &Value::Undef);
        check(&before, &collections::hash_exists(&place, &int(0)).expect("reads"), &Value::Bool(false));
        check(&before, &collections::hash_len(&place), &int(0));
        check(&before, &collections::hash_keys(&place).expect("reads"), &array([]));
        check(&before, &collections::hash_values(&place).expect("reads"), &array([]));
        assert!(collections::to_array(&place).is_empty() && collections::to_hash(&place).is_empty());
        check(&before, &place, &before);
    }
    for mut place in wrong_kinds().into_iter().chain([hash()]) {
        assert_eq!(error_kind(collections::array_set(&mut place, &int(0), int(1))), ErrorKind::Type);
        assert_eq!(error_kind(collections::array_push(&mut place, int(1))), ErrorKind::Type);
    }
    for mut place in wrong_kinds().into_iter().chain([array([1])]) {
        assert_eq!(error_kind(collections::hash_set(&mut place, &int(0), int(1))), ErrorKind::Type);
    }
}

#[test]
fn hash_keys_are_string_forms() {
    let mut place = Value::Undef;
    for (n, key) in [int(1), text("1"), float(1.0), Value::Bool(true)].iter().enumerate() {
        collections::hash_set(&mut place, key, int(n as i64)).expect("a hash");
    }
    check("one key", &place, &Value::hash([("1", 3)]));
    collections::hash_set(&mut place, &array([1, 2]), int(9)).expect("a hash");
    check("an array as key", &collections::hash_get(&place, &text("1 2")).expect("ok"), &int(9));
    check(
        "the keys",
        &collections::hash_keys(&place).expect("ok"),
        &Value::array(vec![text("1"), text("1 2")]),
    );
    check("the values", &collections::hash_values(&place).expect("ok"), &array([3, 9]));
    check("delete", &collections::hash_delete(&mut place, &int(1)).expect("ok"), &int(3));
    check("deleted", &collections::hash_delete(&mut place, &int(1)).expect("ok"), &Value::Undef);
    check("gone", &collections::hash_exists(&place, &int(1)).expect("ok"), &Value::Bool(false));
    check("length", &collections::hash_len(&place), &int(1));
}

#[test]
fn collections_are_copied_when_they_are_written_and_shared() {
    let mut place = array([1, 2]);
    let copy = place.clone();
    collections::array_set(&mut place, &int(0), int(9)).expect("an array");
    check("the copy", &copy, &array([1, 2]));
    let mut place = hash();
    let copy = place.clone();
    collections::hash_delete(&mut place, &text("one")).expect("a hash");
    check("the copy", &copy, &hash());
}

#[test]
fn make_hash_takes_keys_and_values_in_turn() {
    let made = collections::make_hash([text("a"), int(1), text("b"), int(2), text("a"), int(3)]);
    let made = made.expect("no limit");
    check("the later value", &made, &Value::hash([("a", 3), ("b", 2)]));
    let keys = collections::hash_keys(&made).expect("no limit");
    check("the earlier place", &keys, &Value::array(vec![text("a"), text("b")]));
}

#[test]
fn ranges_include_both_ends() {
    let cases: [(i64, i64, Option<i64>, &[i64]); 12] = [
        (1, 4, None, &[1, 2, 3, 4]),
        (3, 3, None, &[3]),
        (4, 1, None, &[]),
        (i64::MAX - 1, i64::MAX, None, &[i64::MAX - 1, i64::MAX]),
        (1, 10, Some(4), &[1, 5, 9]),
        (10, 1, Some(-4), &[10, 6, 2]),
        (1, 10, Some(-1), &[]),
        (10, 1, Some(1), &[]),
        (5, 5, Some(-3), &[5]),
        (i64::MIN, i64::MAX, Some(i64::MAX), &[i64::MIN, -1, i64::MAX - 1]),
        (i64::MAX, i64::MIN, Some(i64::MIN), &[i64::MAX, -1]),
        (0, i64::MIN, Some(i64::MIN), &[0, i64::MIN]),
    ];
    for (from, to, step, expected) in cases {
        let result = match step {
            Some(step) => collections::range_step(&int(from), &int(to), &int(step)),
            None => collections::range(&int(from), &int(to)),
        };
        check((from, to, step), &result.expect("no error"), &array(expected.iter().copied()));
    }
    assert_eq!(error_kind(collections::range_step(&int(1), &int(2), &int(0))), ErrorKind::Range);
    assert_eq!(error_kind(collections::range(&int(i64::MIN), &int(i64::MAX))), ErrorKind::Heap);
    heap::set_ceiling(Some(heap::live() + 10_000), None);
    let result = collections::range(&int(1), &int(1_000));
    heap::set_ceiling(None, None);
    assert_eq!(error_kind(result), ErrorKind::Heap);
}

#[test]
fn the_default_sort_is_by_string_form_and_stable() {
    let values = Value::array(vec![int(10), text("9"), float(1.0), int(1), Value::Undef, text("10")]);
    let sorted = Value::array(vec![Value::Undef, float(1.0), int(1), int(10), text("10"), text("9")]);
    check("sorted", &collections::sort_default(values).expect("no limit"), &sorted);
    check("no array", &collections::sort_default(int(3)).expect("no limit"), &array([]));
}

#[test]
fn refs_are_shared_cells() {
    let cell = Value::Ref(Ref::new(int(1)));
    let other = cell.clone();
    refs::ref_set(int(2), &other).expect("a Ref");
    check("through the other handle", &refs::ref_get(&cell), &int(2));
    check("no Ref", &refs::ref_get(&int(7)), &int(7));
    for target in [Value::Undef, int(1), array([1])] {
        let attempts = [
            refs::ref_set(int(1), &target),
            refs::index_set(int(1), &int(0), &target),
            refs::index_push(int(1), &target),
            refs::index_pop(&target).map(drop),
            refs::index_shift(&target).map(drop),
            refs::index_delete(&target, &int(0)).map(drop),
        ];
        for attempt in attempts {
            assert_eq!(error_kind(attempt), ErrorKind::Type, "{target:?}");
        }
    }
}

#[test]
fn a_ref_to_undef_becomes_a_collection_by_its_first_key() {
    let cases = [
        (int(1), Value::array(vec![Value::Undef, int(5)])),
        (text("1"), Value::hash([("1", 5)])),
        (float(1.0), Value::hash([("1", 5)])),
        (text("k"), Value::hash([("k", 5)])),
    ];
    for (key, expected) in cases {
        let cell = Value::Ref(Ref::new(Value::Undef));
        refs::index_set(int(5), &key, &cell).expect("a Ref to Undef");
        check(&key, &refs::ref_get(&cell), &expected);
    }
    let cell = Value::Ref(Ref::new(Value::Undef));
    refs::index_push(int(5), &cell).expect("a Ref to Undef");
    check("push", &refs::ref_get(&cell), &array([5]));
    let cell = Value::Ref(Ref::new(int(1)));
    assert_eq!(error_kind(refs::index_set(int(5), &int(0), &cell)), ErrorKind::Type);
    check("a failed write", &refs::ref_get(&cell), &int(1));
}

#[test]
fn what_only_a_ref_holds_is_changed_in_place() {
    let cell = Ref::new(array(0..100));
    let at = || {
        cell.with(|value| match value {
            Value::Array(elements) => elements.as_ptr(),
            _ => panic!("an array"),
        })
    };
    let before = at();
    let target = Value::Ref(cell.clone());
    for n in 0..100 {
        refs::index_set(int(-n), &int(n), &target).expect("an array");
    }
    assert_eq!(at(), before, "copied");
}

#[test]
fn collections_are_indexed_by_keys() {
    let cases = [
        (array([5, 6]), int(1), int(6), true),
        (array([5, 6]), int(2), Value::Undef, false),
        (array([5, 6]), int(-1), Value::Undef, false),
        (hash(), text("one"), int(1), true),
        (hash(), int(2), int(2), true),
        (hash(), Value::Undef, int(3), true),
        (hash(), text("two"), Value::Undef, false),
        (text("abc"), int(2), text("c"), true),
        (text("abc"), int(3), Value::Undef, false),
        (text("abc"), int(-1), Value::Undef, false),
        (int(5), int(0), Value::Undef, false),
        (Value::Undef, int(0), Value::Undef, false),
    ];
    for (collection, key, element, exists) in cases {
        for collection in [collection.clone(), Value::Ref(Ref::new(collection))] {
            check((&collection, &key), &refs::index_get(&collection, &key).expect("ok"), &element);
            let result = refs::index_exists(&collection, &key).expect("ok");
            check((&collection, &key), &result, &Value::Bool(exists));
        }
    }
    let cases = [
        (array([5, 6]), 2, array([0, 1])),
        (hash(), 3, Value::array(vec![text("one"), text("2"), text("")])),
        (text("abc"), 3, array([])),
        (int(123), 0, array([])),
        (Value::Undef, 0, array([])),
    ];
    for (collection, len, keys) in cases {
        for collection in [collection.clone(), Value::Ref(Ref::new(collection))] {
            check(&collection, &refs::index_len(&collection), &int(len));
            check(&collection, &refs::index_keys(&collection).expect("ok"), &keys);
        }
    }
}

#[test]
fn elements_are_removed_through_refs() {
    let cell = Value::Ref(Ref::new(array([1, 2, 3])));
    check("pop", &refs::index_pop(&cell).expect("a Ref"), &int(3));
    check("shift", &refs::index_shift(&cell).expect("a Ref"), &int(1));
    check("delete", &refs::index_delete(&cell, &int(0)).expect("a Ref"), &int(2));
    check("a hole", &refs::ref_get(&cell), &Value::array(vec![Value::Undef]));
    check("out of range", &refs::index_delete(&cell, &int(-1)).expect("a Ref"), &Value::Undef);
    let cell = Value::Ref(Ref::new(hash()));
    check("delete", &refs::index_delete(&cell, &text("one")).expect("a Ref"), &int(1));
    check("the rest", &refs::index_len(&cell), &int(2));
}

#[test]
fn captures_belong_to_the_closure() {
    let code = Code::new("counter", 0, vec![int(1)]);
    refs::set_capture(Some(&code), 0, int(2)).expect("a capture");
    check("set", &refs::get_capture(Some(&code), 0).expect("a capture"), &int(2));
    assert_eq!(error_kind(refs::get_capture(Some(&code), 1)), ErrorKind::Range);
    assert_eq!(error_kind(refs::set_capture(Some(&code), 1, int(0))), ErrorKind::Range);
    assert_eq!(error_kind(refs::get_capture(None, 0)), ErrorKind::Range);
}
