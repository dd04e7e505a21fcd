//! What holds for all kinds of values: layout, conversions, equality, deep nesting, threads.

use super::*;
use std::hash::BuildHasher;

/// Levels of nesting that no operation may need a stack for.
const DEEP: usize = 1_000_000;

struct Point;

impl Object for Point {
    fn type_name(&self) -> &str {
        "point"
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn to_bytes(&self) -> Vec<u8> {
        b"1,2".to_vec()
    }
}

fn code() -> Value {
    Value::Code(Code::new("f", 0, vec![]))
}

fn nested(levels: usize, wrap: impl Fn(Value) -> Value) -> Value {
    (0..levels).fold(Value::Int(1), |inner, _| wrap(inner))
}

#[test]
fn payload_pointers_are_at_byte_eight() {
    let values = [
        Value::Int(0x0102_0304_0506_0708),
        Value::Float(f64::from_bits(0x0102_0304_0506_0708)),
        Value::str("a string beyond fourteen bytes"),
        Value::array(vec![Value::Int(1)]),
        Value::hash([("k", 1)]),
        Value::Ref(Ref::new(Value::Undef)),
        code(),
        Value::Obj(Obj::new(Point)),
    ];
    for v in &values {
        // SAFETY: the payload of each of these kinds covers the second word of the value.
        let word = unsafe { (&raw const *v).cast::<u64>().add(1).read() };
        if v.tag() < tag::STR {
            assert_eq!(word, 0x0102_0304_0506_0708);
        } else {
            // SAFETY: the word is the pointer of a living body, which begins with its count.
            assert_eq!(unsafe { *(word as *const usize) }, 1, "{v:?}");
        }
    }
}

/// Value, truthy, as int, as float, as string: the table of the op reference.
#[test]
fn conversions() {
    let array = |n: i64| Value::array((0..n).map(Value::Int).collect());
    let cases: Vec<(Value, bool, i64, f64, &str)> = vec![
        (Value::Undef, false, 0, 0.0, ""),
        (Value::Bool(true), true, 1, 1.0, "1"),
        (Value::Bool(false), false, 0, 0.0, ""),
        (Value::Int(-7), true, -7, -7.0, "-7"),
        (Value::Int(0), false, 0, 0.0, "0"),
        (Value::Int(i64::MIN), true, i64::MIN, -9223372036854775808.0, "-9223372036854775808"),
        (Value::Float(2.9), true, 2, 2.9, "2.9"),
        (Value::Float(-2.9), true, -2, -2.9, "-2.9"),
        (Value::Float(0.0), false, 0, 0.0, "0"),
        (Value::Float(-0.0), false, 0, -0.0, "-0"),
        (Value::Float(1e300), true, i64::MAX, 1e300, "1e+300"),
        (Value::Float(f64::NEG_INFINITY), true, i64::MIN, f64::NEG_INFINITY, "-inf"),
        (Value::str(""), false, 0, 0.0, ""),
        (Value::str("0"), false, 0, 0.0, "0"),
        (Value::str("0.0"), true, 0, 0.0, "0.0"),
        (Value::str(" 12.5kg"), true, 12, 12.5, " 12.5kg"),
        (Value::str("-1e2"), true, -100, -100.0, "-1e2"),
        (Value::str("0x10"), true, 0, 0.0, "0x10"),
        (Value::str("inf"), true, 0, 0.0, "inf"),
        (Value::str("99999999999999999999"), true, i64::MAX, 1e20, "99999999999999999999"),
        (array(0), false, 0, 0.0, ""),
        (array(3), true, 3, 3.0, "0 1 2"),
        (Value::array(vec![array(2), Value::Undef, array(0), array(1)]), true, 4, 4.0, "0 1   0"),
        (Value::hash::<&str, i64>([]), false, 0, 0.0, "(hash)"),
        (Value::hash([("a", 1), ("b", 2)]), true, 2, 2.0, "(hash)"),
        (Value::Status(0), true, 0, 0.0, "0"),
        (Value::Status(127), false, 127, 127.0, "127"),
        (Value::Ref(Ref::new(Value::Int(5))), true, 0, 0.0, "(ref)"),
        (Value::NativeFn(12), true, 0, 0.0, "(builtin:12)"),
        (code(), true, 0, 0.0, "(code)"),
        (Value::Obj(Obj::new(Point)), true, 0, 0.0, "1,2"),
    ];
    for (v, truthy, int, float, text) in cases {
        assert_eq!(v.is_truthy(), truthy, "{v:?}");
        assert_eq!(v.to_int(), int, "{v:?}");
        assert_eq!(v.to_float().to_bits(), float.to_bits(), "{v:?}");
        assert_eq!(v.to_str(), text, "{v:?}");
        assert_eq!(v.to_byte_str(), text, "{v:?}");
        assert_eq!(v.try_to_byte_str().unwrap(), text, "{v:?}");
        let mut out = b"x".to_vec();
        v.append_to(&mut out);
        assert_eq!(out, format!("x{text}").into_bytes(), "{v:?}");
    }
    assert!(Value::Float(f64::NAN).is_truthy());
    assert_eq!(Value::Float(f64::NAN).to_int(), 0);
    assert_eq!(Value::Float(f64::NAN).to_str(), "nan");
}

#[test]
fn numeric_operands() {
    let cases = [
        (Value::Undef, Num::Int(0)),
        (Value::Bool(true), Num::Int(1)),
        (Value::Status(3), Num::Int(3)),
        (Value::array(vec![Value::Undef; 4]), Num::Int(4)),
        (Value::str("42abc"), Num::Int(42)),
        (Value::str("42.0"), Num::Float(42.0)),
        (Value::str("1e3"), Num::Float(1000.0)),
        (Value::str("9223372036854775807"), Num::Int(i64::MAX)),
        (Value::str("9223372036854775808"), Num::Float(9223372036854775808.0)),
        (Value::str("abc"), Num::Int(0)),
        (Value::Ref(Ref::new(Value::Int(5))), Num::Int(0)),
        (code(), Num::Int(0)),
        (Value::NativeFn(9), Num::Int(0)),
        (Value::Obj(Obj::new(Point)), Num::Int(0)),
    ];
    for (v, want) in cases {
        assert_eq!(v.to_numeric(), want, "{v:?}");
    }
}

#[test]
fn bytes_that_are_no_text_stay() {
    let v = Value::from(b"a\xff\x00b");
    assert_eq!(&*v.as_bytes(), b"a\xff\x00b");
    assert_eq!(v.to_str(), "a\u{fffd}\0b");
    assert_eq!(Value::array(vec![v.clone(), v]).as_bytes().len(), 9);
}

#[test]
fn equality_is_by_kind_and_structure_or_identity() {
    let r = Ref::new(Value::Int(1));
    let (a, b) = (code(), Value::Obj(Obj::new(Point)));
    let equal = [
        (Value::Undef, Value::Undef),
        (Value::Float(0.0), Value::Float(-0.0)),
        (Value::str("a string beyond fourteen bytes"), Value::from(b"a string beyond fourteen bytes")),
        (Value::Str(ByteStr::from_input(b"7")), Value::str("7")),
        (Value::array(vec![1.into(), "x".into()]), Value::array(vec![1.into(), "x".into()])),
        (Value::hash([("a", 1), ("b", 2)]), Value::hash([("b", 2), ("a", 1)])),
        (Value::Ref(r.clone()), Value::Ref(r.downgrade())),
        (a.clone(), a.clone()),
        (b.clone(), b.clone()),
    ];
    let hasher = foldhash::fast::FixedState::default();
    for (a, b) in &equal {
        assert_eq!(a, b);
        assert_eq!(hasher.hash_one(a), hasher.hash_one(b), "{a:?}");
    }
    let different = [
        (Value::Undef, Value::Bool(false)),
        (Value::Int(1), Value::Float(1.0)),
        (Value::Int(1), Value::Bool(true)),
        (Value::Int(0), Value::Status(0)),
        (Value::Float(f64::NAN), Value::Float(f64::NAN)),
        (Value::str("1"), Value::Int(1)),
        (Value::array(vec![1.into()]), Value::array(vec![1.into(), 2.into()])),
        (Value::array(vec![1.into()]), Value::array(vec![2.into()])),
        (Value::hash([("a", 1)]), Value::hash([("a", 2)])),
        (Value::hash([("a", 1)]), Value::hash([("b", 1)])),
        (Value::Ref(r), Value::Ref(Ref::new(Value::Int(1)))),
        (a, code()),
        (b, Value::Obj(Obj::new(Point))),
    ];
    for (a, b) in &different {
        assert_ne!(a, b);
    }
}

#[test]
fn a_million_levels_need_no_stack() {
    let array = || nested(DEEP, |v| Value::array(vec![v]));
    let hash = || nested(DEEP, |v| Value::hash([("k", v)]));
    let closure = || nested(DEEP, |v| Value::Code(Code::new("f", 0, vec![v])));
    let cell = || nested(DEEP, |v| Value::Ref(Ref::new(v)));
    let mixed = || nested(DEEP / 3, |v| Value::array(vec![Value::hash([(1, Value::Ref(Ref::new(v)))])]));
    assert_eq!(array(), array());
    assert_eq!(hash(), hash());
    assert_eq!(array().to_str(), "1");
    assert!(format!("{:?}", array()).len() < 100);
    foldhash::fast::FixedState::default().hash_one(array());
    drop((closure(), cell(), mixed()));
}

#[test]
fn a_small_graph_can_stand_for_a_huge_tree() {
    let tree = || (0..64).fold(Value::array(vec![Value::Int(1)]), |v, _| Value::array(vec![v.clone(), v]));
    assert_eq!(tree(), tree());
    heap::set_ceiling(Some(heap::live() + 10_000), None);
    assert_eq!(tree().try_to_byte_str(), Err(HeapError::OverLimit));
    heap::set_ceiling(None, None);
}

#[test]
fn overwriting_drops_the_old_value() {
    let r = Ref::new(Value::Int(1));
    let weak = r.downgrade();
    let mut place = Value::Ref(r);
    place.overwrite(Value::Int(2));
    assert!(!weak.is_alive());
    place.overwrite(Value::str("a string beyond fourteen bytes"));
    place.clone_from(&Value::Int(3));
    assert_eq!(place, Value::Int(3));
}

#[test]
fn setters_store_whole_values() {
    let fresh = || Value::str("a string beyond fourteen bytes");
    let set = |f: &dyn Fn(&mut Value)| {
        let mut v = fresh();
        f(&mut v);
        v
    };
    let before = heap::live();
    assert_eq!(set(&|v| v.set_undef()), Value::Undef);
    assert_eq!(set(&|v| v.set_bool(true)), Value::Bool(true));
    assert_eq!(set(&|v| v.set_bool(false)), Value::Bool(false));
    assert_eq!(set(&|v| v.set_int(i64::MIN)), Value::Int(i64::MIN));
    assert_eq!(set(&|v| v.set_float(-2.5)), Value::Float(-2.5));
    set(&|v| v.overwrite(fresh())).drop_fast();
    assert_eq!(heap::live(), before);
}

#[cfg(feature = "sync")]
#[test]
fn values_cross_threads() {
    fn is_send_sync<T: Send + Sync>() {}
    is_send_sync::<Value>();
    let cell = Ref::new(Value::Int(0));
    let shared = Value::array(vec![Value::Ref(cell.clone()), Value::str("a string beyond fourteen bytes")]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let mut mine = shared.clone();
            scope.spawn(move || {
                for i in 0..10_000 {
                    let Value::Array(a) = &mut mine else { unreachable!() };
                    let Value::Ref(r) = a[0].clone() else { unreachable!() };
                    // SAFETY: adding to an Int runs no code and drops nothing.
                    unsafe { r.with_in_place(|v| *v = Value::Int(v.to_int() + 1)) };
                    if i % 100 == 0 {
                        a.push(Value::Int(i));
                    }
                }
            });
        }
    });
    assert_eq!(cell.get(), Value::Int(40_000));
    let Value::Array(a) = &shared else { unreachable!() };
    assert_eq!(a.len(), 2);
}
