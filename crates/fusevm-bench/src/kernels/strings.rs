//! Strings, and hashes in slots.

use super::asm::{Asm, Operand, empty_hash, string};
use fusevm::Chunk;

pub fn string_append(n: i64) -> Chunk {
    let mut m = Asm::new("string_append");
    let [s, i] = m.locals();
    m.set(s, string(""));
    m.count(i, 1, n, |m| {
        m.set(s, s.concat(string("abc")));
        m.set(s, s.concat(i));
    });
    m.ret(s.string_len());
    m.build()
}

pub fn hash_string_keys(n: i64) -> Chunk {
    let mut m = Asm::new("hash_string_keys");
    let [h, i, sum] = m.locals();
    m.set(h, empty_hash());
    m.count(i, 1, n, |m| m.set_entry(h, string("k").concat(i), i));
    m.set(sum, 0);
    m.count(i, 1, n, |m| m.set(sum, sum + h.entry(string("k").concat(i))));
    m.ret(sum);
    m.build()
}

pub fn hash_integer_keys(n: i64) -> Chunk {
    let mut m = Asm::new("hash_integer_keys");
    let [h, i, sum] = m.locals();
    m.set(h, empty_hash());
    m.count(i, 1, n, |m| m.set_entry(h, i * 7919 % 1_000_003, i));
    m.set(sum, 0);
    m.count(i, 1, n, |m| m.set(sum, sum + h.entry(i * 7919 % 1_000_003)));
    m.ret(sum);
    m.build()
}
