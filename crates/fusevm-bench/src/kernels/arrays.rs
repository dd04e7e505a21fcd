//! Arrays in slots, and one array shared with a recursive sub through a reference.

use super::asm::{Asm, Local, Operand, array, call, empty_array, int, new_ref, truth};
use fusevm::Chunk;

pub fn array_fill_sum(n: i64) -> Chunk {
    let mut m = Asm::new("array_fill_sum");
    let [a, i, sum] = m.locals();
    m.set(a, array([int(0)]));
    m.count(i, 1, n, |m| m.set_at(a, i, i));
    m.set(sum, 0);
    m.count(i, 1, n, |m| m.set(sum, sum + a.at(i)));
    m.ret(sum);
    m.build()
}

pub fn sieve(n: i64) -> Chunk {
    let mut m = Asm::new("sieve");
    let [size, prime, count, i, j] = m.locals();
    m.set(size, n);
    m.set(prime, array([truth(false)]));
    m.count(i, 1, size, |m| m.push(prime, truth(true)));
    m.set(count, 0);
    m.count(i, 2, size, |m| {
        m.when(prime.at(i), |m| {
            m.set(count, count + 1);
            m.set(j, i + i);
            m.while_top(j.at_most(size), |m| {
                m.set_at(prime, j, truth(false));
                m.set(j, j + i);
            });
        });
    });
    m.ret(count);
    m.build()
}

pub fn quicksort(n: i64) -> Chunk {
    let mut m = Asm::new("quicksort");
    let [a, i, seed, shared, checksum] = m.locals();
    m.set(a, array([int(0)]));
    m.set(seed, 42);
    m.count(i, 1, n, |m| {
        m.set(seed, (seed * 3877 + 29573) % 139_968);
        m.push(a, seed);
    });
    m.set(shared, new_ref(a));
    m.set(a, empty_array());
    m.run(call("quicksort", [shared.get(), int(1), int(n)]));
    m.set(checksum, 0);
    m.count(i, 1, n, |m| m.set(checksum, checksum + shared.index(i) * (i % 16)));
    m.ret(checksum);

    m.sub("quicksort", |m, [a, lo, hi]| {
        let [pivot, i, j, swapped] = m.locals();
        m.when(lo.at_least(hi), Asm::ret_undef);
        m.set(pivot, a.index(lo));
        m.set(i, lo - 1);
        m.set(j, hi + 1);
        m.forever(|m, done| {
            m.repeat_while(a.index(i).less(pivot), |m| m.set(i, i + 1));
            m.repeat_while(a.index(j).more(pivot), |m| m.set(j, j - 1));
            m.when(i.at_least(j), |m| m.jump(done));
            m.set(swapped, a.index(i));
            m.set_index(a, i, a.index(j));
            m.set_index(a, j, swapped);
        });
        m.run(call("quicksort", [a.get(), lo.get(), j.get()]));
        m.run(call("quicksort", [a.get(), j + 1, hi.get()]));
        m.ret_undef();
    });
    m.build()
}

pub fn fannkuch(n: i64) -> Chunk {
    let mut m = Asm::new("fannkuch");
    let [size, perm, first, count, checksum, max_flips, sign] = m.locals();
    let [r, i, j, k, flips, head] = m.locals();
    let swap = |m: &mut Asm, a: Local, i: Local, j: Local| {
        m.set(head, a.at(i));
        m.set_at(a, i, a.at(j));
        m.set_at(a, j, head);
    };

    m.set(size, n);
    for a in [perm, first, count] {
        m.set(a, empty_array());
    }
    m.count(i, 0, size, |m| {
        m.push(perm, 0);
        m.push(first, i);
        m.push(count, 0);
    });
    m.set(checksum, 0);
    m.set(max_flips, 0);
    m.set(sign, 1);
    m.set(r, size + 1);
    m.forever(|m, done| {
        m.while_top(r.more(2), |m| {
            m.set(r, r - 1);
            m.set_at(count, r, r);
        });
        m.count(i, 1, size, |m| m.set_at(perm, i, first.at(i)));
        m.set(flips, 0);
        m.set(k, perm.at(1));
        m.while_top(k.differs(1), |m| {
            m.set(i, 1);
            m.set(j, k);
            m.while_top(i.less(j), |m| {
                swap(m, perm, i, j);
                m.set(i, i + 1);
                m.set(j, j - 1);
            });
            m.set(flips, flips + 1);
            m.set(k, perm.at(1));
        });
        m.when(flips.more(max_flips), |m| m.set(max_flips, flips));
        m.set(checksum, checksum + sign * flips);
        m.set(sign, -sign);
        // The next permutation: rotate ever longer prefixes until one has turns left.
        m.set(r, 2);
        m.forever(|m, found| {
            m.when(r.more(size), |m| m.jump(done));
            m.set(head, first.at(1));
            m.count(i, 1, r - 1, |m| m.set_at(first, i, first.at(i + 1)));
            m.set_at(first, r, head);
            m.set_at(count, r, count.at(r) - 1);
            m.when(count.at(r).more(0), |m| m.jump(found));
            m.set(r, r + 1);
        });
    });
    m.ret(checksum * 1000 + max_flips);
    m.build()
}
