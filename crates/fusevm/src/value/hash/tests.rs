//! What a map does, beside a list of pairs, and how it finds keys.

use super::*;

/// All entries, and that every way to look one up agrees.
fn check(hash: &Hash, model: &[(String, i64)]) {
    let entries: Vec<_> = hash.iter().map(|(k, v)| (k.to_value().to_str(), v.to_int())).collect();
    assert_eq!(entries, model);
    assert_eq!(hash.len(), model.len());
    for (key, want) in model {
        let at = hash.index_of(KeyRef::new(key.as_bytes())).unwrap();
        assert_eq!(hash.entry_at(at).unwrap().0.to_bytes(), key.as_bytes());
        assert_eq!(hash.get_value_key(&Value::str(key)).unwrap().to_int(), *want);
        if let Some(pair) = pair_of(key.as_bytes()) {
            assert_eq!(hash.index_of_pair(pair), Some(at));
        }
    }
}

/// Random operations on a hash and on a list of pairs, with few keys so that they meet often.
#[test]
fn behaves_as_a_list_of_pairs() {
    for seed in 1..60u64 {
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut next = move |below: u64| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random >> 20) % below
        };
        let mut hash = Hash::new();
        let mut model: Vec<(String, i64)> = Vec::new();
        let mut shared = Vec::new();
        let keys = [4, 20, 100][seed as usize % 3];
        let kind_of_keys = seed % 3;
        for step in 0..400 {
            let n = next(keys) as i64;
            let key = match kind_of_keys {
                0 => n.to_string(),
                1 if step > 20 && n % 7 > 0 || seed % 5 > 0 => format!("{}\x1c{}", n / 7 - 4, n % 7 * 9),
                _ if n % 3 == 0 => n.to_string(),
                _ => format!("key number {n:03}"),
            };
            let found = model.iter().position(|(k, _)| *k == key);
            match next(10) {
                0..=4 => {
                    let old = hash.insert(key.as_str(), Value::Int(step));
                    assert_eq!(old.map(|v| v.to_int()), found.map(|at| model[at].1));
                    match found {
                        Some(at) => model[at].1 = step,
                        None => model.push((key, step)),
                    }
                }
                5..=7 => {
                    let old = hash.make_mut().remove_value_key(&Value::str(&key));
                    assert_eq!(old.map(|v| v.to_int()), found.map(|at| model.remove(at).1));
                }
                8 => {
                    let place = hash.make_mut().get_or_insert_undef(&Value::str(&key));
                    *place = Value::Int(place.to_int() + 1);
                    match found {
                        Some(at) => model[at].1 += 1,
                        None => model.push((key, 1)),
                    }
                }
                _ if next(20) == 0 => {
                    hash.make_mut().clear();
                    model.clear();
                }
                _ => {
                    shared.push((hash.clone(), model.clone()));
                    shared.truncate(3);
                }
            }
            if step % 20 == 0 {
                check(&hash, &model);
            }
        }
        check(&hash, &model);
        shared.iter().for_each(|(hash, model)| check(hash, model));
    }
}

#[test]
fn a_key_is_its_string_form() {
    let long = "a string beyond fourteen bytes";
    let cases: Vec<(Value, &str)> = vec![
        (Value::Int(42), "42"),
        (Value::Float(42.0), "42"),
        (Value::Float(1152921504606846976.0), "1152921504606847000"),
        (Value::Float(1.5), "1.5"),
        (Value::Float(-0.0), "-0"),
        (Value::Status(3), "3"),
        (Value::Bool(true), "1"),
        (Value::Bool(false), ""),
        (Value::Undef, ""),
        (Value::str(long), long),
        (Value::array(vec![1.into(), 2.into()]), "1 2"),
        (Value::NativeFn(3), "(builtin:3)"),
    ];
    for (key, text) in cases {
        let mut hash = Hash::new();
        hash.make_mut().insert_value_key(&key, Value::Int(1));
        assert_eq!(hash.get_bytes(text.as_bytes()), Some(&Value::Int(1)), "{key:?}");
        assert_eq!(hash.keys().next().unwrap().to_value(), Value::str(text));
        assert!(hash.contains_value_key(&key) && hash.contains_value_key(&Value::str(text)));
    }
    let hash: Hash =
        [("042", 1), ("42", 2), ("+42", 3), ("42.0", 4), ("-0", 5), ("0", 6)].into_iter().collect();
    assert_eq!(hash.len(), 6);
    assert_eq!(hash.get_int(42), Some(&Value::Int(2)));
    assert_eq!(hash.get_int(0), Some(&Value::Int(6)));
}

#[test]
fn consecutive_integers_need_no_table() {
    let mut hash = Hash::new();
    for n in 5..5000 {
        hash.insert(n, Value::Int(n * 2));
    }
    assert!(matches!(hash.index, Index::Consecutive) && hash.first == 5);
    assert_eq!((hash.get_int(4), hash.get_int(5000), hash.get_int(i64::MIN)), (None, None, None));
    // A queue: taken from the front, put at the back.
    for n in 5000..20_000 {
        hash.make_mut().remove(KeyRef::Int(n - 4995));
        hash.insert(n, Value::Int(n * 2));
    }
    assert!(matches!(hash.index, Index::Consecutive));
    assert!(hash.positions() < 20_000 && hash.len() == 4995);
    assert_eq!(hash.get_int(19_999), Some(&Value::Int(39_998)));
    hash.insert(5, Value::Undef);
    assert!(matches!(hash.index, Index::Window));
    assert_eq!(hash.get_int(19_999), Some(&Value::Int(39_998)));
    hash.insert(1 << 40, Value::Undef);
    assert!(matches!(hash.index, Index::Table(_)));
    assert_eq!(hash.get_int(19_999), Some(&Value::Int(39_998)));
}

#[test]
fn close_integers_need_no_hashing() {
    let down = |count: i64, step: i64| (0..count).map(move |n| 1000 - n * step);
    let orders: [(Vec<i64>, bool); 6] = [
        (down(5000, 1).collect(), true),
        (down(5000, 4).collect(), true),
        (down(5000, 40).collect(), false),
        ((0..5000).map(|n| n * 7 % 5000).collect(), true),
        ((0..50).map(|n| i64::MAX - n * 3).collect(), false),
        ((0..50).map(|n| i64::MIN + n * 3).collect(), false),
    ];
    for (keys, is_close) in orders {
        let mut hash = Hash::new();
        for (at, key) in keys.iter().enumerate() {
            assert_eq!(hash.insert(*key, Value::Int(at as i64)), None);
        }
        assert_eq!(matches!(hash.index, Index::Window), is_close, "{:?}", &keys[..3]);
        for (at, key) in keys.iter().enumerate() {
            assert_eq!(hash.index_of(KeyRef::Int(*key)), Some(at));
        }
        let is_in = |key: &i64| keys.contains(key);
        let others = [keys[0].wrapping_add(1), i64::MIN, i64::MAX, 0].into_iter().filter(|n| !is_in(n));
        assert!(others.into_iter().all(|key| hash.get_int(key).is_none()));
        for key in keys.iter().step_by(2) {
            assert!(hash.make_mut().remove(KeyRef::Int(*key)).is_some());
            assert!(hash.get_int(*key).is_none());
        }
        assert!(keys.iter().skip(1).step_by(2).all(|key| hash.get_int(*key).is_some()));
        assert_eq!(hash.insert(keys[0], Value::Undef), None);
        assert_eq!(hash.index_of(KeyRef::Int(keys[0])), Some(hash.positions() - 1));
    }
}

#[test]
fn close_pairs_need_no_hashing() {
    let far = 1 << 50;
    let square = |size: i64| (0..size * size).map(move |n| [n / size, n % size]);
    let edges = |size: i64| (0..size).map(|n| [0, n]).chain((1..size).map(|n| [n, 0]));
    let orders: [(Vec<Pair>, bool); 8] = [
        (square(60).collect(), true),
        (square(60).map(|[row, column]| [column, -row]).collect(), true),
        (square(60).map(|[row, column]| [-column, 7 - row]).collect(), true),
        ((0..3000).map(|n| [n * 7 % 3000 / 50, n * 7 % 3000 % 50]).collect(), true),
        (edges(100).chain(square(99).map(|[row, column]| [row + 1, column + 1])).collect(), true),
        ((0..3000).map(|n| [n, n]).collect(), false),
        ((0..50).map(|n| [far, n]).collect(), false),
        ((0..50).map(|n| [i64::MIN, i64::MAX - n]).collect(), false),
    ];
    for (pairs, are_close) in orders {
        let text = |pair: &Pair| format!("{}\x1c{}", pair[0], pair[1]);
        let mut hash = Hash::new();
        for (at, pair) in pairs.iter().enumerate() {
            assert_eq!(hash.index_of_pair(*pair), None);
            match at % 2 {
                0 => assert_eq!(hash.make_mut().position_of_pair(*pair), at),
                _ => assert_eq!(hash.insert(text(pair), Value::Undef), None),
            }
        }
        assert_eq!(matches!(hash.index, Index::Grid), are_close, "{:?}", &pairs[..3]);
        assert_eq!(hash.grid.is_some(), are_close);
        for (at, pair) in pairs.iter().enumerate() {
            assert_eq!(hash.index_of_pair(*pair), Some(at));
            assert_eq!(hash.index_of(KeyRef::new(text(pair).as_bytes())), Some(at));
        }
        let others = [[pairs[0][0], i64::MAX], [i64::MIN, pairs[0][1]], [1 << 20, 1 << 20]];
        let is_in = |pair: &Pair| pairs.contains(pair);
        assert!(others.iter().all(|pair| is_in(pair) || hash.index_of_pair(*pair).is_none()));
        assert!(
            ["", "\x1c", "1\x1c", "01\x1c2", "1\x1c2\x1c3", "a\x1cb"]
                .iter()
                .all(|key| hash.get_bytes(key.as_bytes()).is_none())
        );
        for pair in pairs.iter().step_by(2) {
            assert!(hash.make_mut().remove_value_key(&Value::str(text(pair))).is_some());
            assert_eq!(hash.index_of_pair(*pair), None);
        }
        let rest =
            |hash: &Hash| pairs.iter().skip(1).step_by(2).all(|pair| hash.index_of_pair(*pair).is_some());
        assert!(rest(&hash));
        // Another key ends the grid.
        hash.insert("a\x1cb", Value::Undef);
        assert!(hash.grid.is_none() && rest(&hash));
    }
}

#[test]
fn memory_is_given_back() {
    let before = heap::live();
    let mut hash = Hash::new();
    for n in 0..1000 {
        hash.insert(format!("key {n}"), Value::Int(n));
    }
    let full = heap::live();
    let copy = hash.clone();
    assert_eq!(heap::live(), full);
    hash.insert("new", Value::Undef);
    assert!(heap::live() > full + 30_000);
    drop(copy);
    hash.make_mut().clear();
    assert!(heap::live() < before + 500);
    drop(hash);
    assert_eq!(heap::live(), before);
}
