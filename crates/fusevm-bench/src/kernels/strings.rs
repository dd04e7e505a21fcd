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

pub fn word_count(n: i64) -> Chunk {
    let mut m = Asm::new("word_count");
    let [text, seed, i, pass, words, counts, word, checksum] = m.locals();
    m.set(text, string(""));
    m.set(seed, 42);
    m.count(i, 1, 1000, |m| {
        m.set(seed, (seed * 3877 + 29573) % 139_968);
        m.set(text, text.concat(string("word")).concat(seed % 200).concat(string(" ")));
    });
    m.set(counts, empty_hash());
    m.count(pass, 1, n, |m| {
        m.set(words, text.words());
        m.set(i, 0);
        m.while_top(i.less(words.array_len()), |m| {
            m.set(word, words.at(i));
            m.set_entry(counts, word, counts.entry(word) + 1);
            m.set(i, i + 1);
        });
    });
    m.set(checksum, 0);
    m.count(i, 0, 199, |m| m.set(checksum, checksum + counts.entry(string("word").concat(i)) * i));
    m.ret(checksum);
    m.build()
}
