//! Moving values as two machine words.
//!
//! An interpreter writes a register and reads it a few instructions later. A processor hands the bytes of a
//! recent store to a load only when one store covers the whole load; else the load waits for the cache. The
//! compiler stores `Value::Int(n)` as a byte and a word and copies a `Value` as one load of 16 bytes, which
//! no single store covers: a chain of an addition and a copy then takes 14 ns an iteration instead of 2.4.
//! So what sits on hot paths here stores two whole words and copies two whole words.

use super::{ByteStr, Value, tag};
use std::hint::cold_path;
use std::mem::{ManuallyDrop, MaybeUninit, forget};

type Word = MaybeUninit<u64>;

/// The first word of a value of kind `tag` whose payload, if any in this word, is the byte `payload`.
#[inline(always)]
const fn head(tag: u8, payload: u8) -> u64 {
    u64::from_ne_bytes([tag, payload, 0, 0, 0, 0, 0, 0])
}

/// The value at `source`, bit by bit.
///
/// # Safety
/// `source` is a valid value; only one of it and the copy is used as an owner from now on.
#[inline(always)]
pub(crate) unsafe fn read(source: *const Value) -> Value {
    let mut copy = MaybeUninit::<Value>::uninit();
    // SAFETY: both places are 16 bytes, aligned to 8. The loads are volatile only to stay two loads.
    unsafe {
        let (from, to) = (source.cast::<Word>(), copy.as_mut_ptr().cast::<Word>());
        to.write(from.read_volatile());
        to.add(1).write(from.add(1).read_volatile());
        copy.assume_init()
    }
}

/// Moves a value to memory that holds none; Undef stays behind.
///
/// # Safety
/// `from` is a valid value; `to` is room for one, which is not dropped.
#[inline(always)]
pub(crate) unsafe fn move_out(from: *mut Value, to: *mut Value) {
    // SAFETY: as for this function; the value has one owner afterwards. The loads are volatile only to stay two loads.
    unsafe {
        let (from, to) = (from.cast::<Word>(), to.cast::<Word>());
        to.write(from.read_volatile());
        to.add(1).write(from.add(1).read_volatile());
        from.write(MaybeUninit::new(head(tag::UNDEF, 0)));
    }
}

/// Takes a value: Undef stays behind.
///
/// # Safety
/// `from` is a valid value.
#[inline(always)]
pub(crate) unsafe fn take(from: *mut Value) -> Value {
    let mut taken = MaybeUninit::<Value>::uninit();
    // SAFETY: as for this function; the room is filled.
    unsafe {
        move_out(from, taken.as_mut_ptr());
        taken.assume_init()
    }
}

/// Pushes a value on a stack: a Float as two words, since it is most likely read as such at once.
#[inline(always)]
pub(crate) fn push(stack: &mut Vec<Value>, value: Value) {
    match value {
        Value::Float(f) => {
            stack.reserve(1);
            let top = stack.len();
            // SAFETY: there is room for the value behind the top; the words are a Float's.
            unsafe {
                let to = stack.as_mut_ptr().add(top).cast::<u64>();
                to.write(head(tag::FLOAT, 0));
                to.add(1).write(f.to_bits());
                stack.set_len(top + 1);
            }
        }
        value => stack.push(value),
    }
}

/// Takes the top of a stack.
#[inline(always)]
pub(crate) fn pop(stack: &mut Vec<Value>) -> Option<Value> {
    let top = stack.len().checked_sub(1)?;
    // SAFETY: the value at the top is valid, and beyond the stack's end it is no owner any more.
    unsafe {
        stack.set_len(top);
        Some(read(stack.as_ptr().add(top)))
    }
}

impl Value {
    /// `Value::Str(s)`.
    #[inline(always)]
    pub(crate) fn of_str(s: ByteStr) -> Value {
        let s = ManuallyDrop::new(s);
        let start = (&raw const *s).cast::<u8>();
        let mut value = MaybeUninit::<Value>::uninit();
        // SAFETY: a string is the 15 bytes behind the tag, and its holder is the value from now on. What is not used of them
        // is zero or a part of the other word, so both are initialised.
        unsafe {
            let first = u64::from_le(start.cast::<u64>().read_unaligned());
            let second = start.add(size_of::<ByteStr>() - size_of::<u64>()).cast::<u64>().read_unaligned();
            let to = value.as_mut_ptr().cast::<u64>();
            to.write((first << 8 | u64::from(tag::STR)).to_le());
            to.add(1).write(second);
            value.assume_init()
        }
    }

    /// A string of these bytes, with or without the mark "came from input". It never is anything but two words.
    #[inline(always)]
    pub(crate) fn of_bytes(bytes: &[u8], is_input: bool) -> Value {
        let words = ByteStr::value_words(bytes, is_input);
        let mut value = MaybeUninit::<Value>::uninit();
        // SAFETY: the words are those of a string, which is the value from now on.
        unsafe {
            let to = value.as_mut_ptr().cast::<u64>();
            to.write(words[0]);
            to.add(1).write(words[1]);
            value.assume_init()
        }
    }

    /// Makes this a string from input, in the memory of the one that it was if that serves.
    #[inline]
    pub(crate) fn assign_input(&mut self, bytes: &[u8]) {
        if let Value::Str(old) = self
            && bytes.len() > super::MAX_INLINE
            && old.on_heap()
            && old.try_assign(bytes).is_ok()
        {
            return old.mark_input();
        }
        if self.owns_heap() {
            drop_out_of_line(std::mem::take(self));
        }
        let words = ByteStr::value_words(bytes, true);
        // SAFETY: the value here needs no drop, and the words are those of a string, which is the value from now on.
        unsafe {
            let to = (&raw mut *self).cast::<u64>();
            to.write(words[0]);
            to.add(1).write(words[1]);
        }
    }

    /// Appends a string to this one, in place when nobody shares it; false, and nothing is done, when one of them is none, or
    /// the slow way is to be taken. The bytes of a short one are read as the two words that it was written as.
    #[inline(always)]
    pub(crate) fn push_short(&mut self, right: &Value) -> bool {
        let (Value::Str(left), Value::Str(text)) = (&mut *self, right) else { return false };
        let bytes = |[first, second]: [u64; 2]| u128::from(first >> 16) | u128::from(second) << 48;
        let Some(added) = right.short_words().map(bytes) else { return false };
        if left.on_heap() {
            return left.push_at_once(added, text.len());
        }
        let (before, total) = (left.len(), left.len() + text.len());
        let Some(known) = self.short_words().map(bytes).filter(|_| total <= super::MAX_INLINE) else {
            return false;
        };
        let joined = known | added << (8 * before);
        let first = u64::from(tag::STR) | (total as u64) << 8 | (joined as u64) << 16;
        // SAFETY: the string here needs no drop, and the words are those of a string, which is the value from now on.
        unsafe {
            let to = (&raw mut *self).cast::<u64>();
            to.write(first.to_le());
            to.add(1).write(((joined >> 48) as u64).to_le());
        }
        true
    }

    /// Whether two strings that are not on the heap have the same bytes; none for other values.
    #[inline(always)]
    pub(crate) fn is_same_short(&self, other: &Value) -> Option<bool> {
        let [one, two] = [self.short_words()?, other.short_words()?];
        Some((one[0] ^ two[0]) & !(ByteStr::MARK_BITS as u64) == 0 && one[1] == two[1])
    }

    /// The words of a string that is not on the heap, which are all of it.
    #[inline(always)]
    pub(crate) fn short_words(&self) -> Option<[u64; 2]> {
        match self {
            // SAFETY: a value is two words, and of a string that owns nothing both are initialised.
            Value::Str(text) if !text.on_heap() => unsafe {
                let words = (&raw const *self).cast::<u64>();
                Some([u64::from_le(words.read()), u64::from_le(words.add(1).read())])
            },
            _ => None,
        }
    }

    /// Puts `value` in the place of this one: `*self = value` with a fast path for an old value of a kind
    /// that owns no heap. For scalars the setters of the kind are faster.
    #[inline(always)]
    pub fn overwrite(&mut self, value: Value) {
        if self.tag() >= tag::STR {
            cold_path();
            drop_out_of_line(std::mem::replace(self, value));
        } else {
            // SAFETY: a value of a kind without heap needs no drop.
            unsafe { std::ptr::write(self, value) }
        }
    }

    /// `*self = Value::Undef`.
    #[inline(always)]
    pub fn set_undef(&mut self) {
        self.set_words(head(tag::UNDEF, 0), 0);
    }

    /// `*self = Value::Bool(b)`.
    #[inline(always)]
    pub fn set_bool(&mut self, b: bool) {
        self.set_words(head(tag::BOOL, b as u8), 0);
    }

    /// `*self = Value::Int(n)`.
    #[inline(always)]
    pub fn set_int(&mut self, n: i64) {
        self.set_words(head(tag::INT, 0), n as u64);
    }

    /// `*self = Value::Float(f)`.
    #[inline(always)]
    pub fn set_float(&mut self, f: f64) {
        self.set_words(head(tag::FLOAT, 0), f.to_bits());
    }

    /// The words must be those of an Undef, Bool, Int or Float.
    #[inline(always)]
    fn set_words(&mut self, head: u64, payload: u64) {
        if self.tag() >= tag::STR {
            cold_path();
            drop_out_of_line(std::mem::take(self));
        }
        // SAFETY: the value here needs no drop, and the words are a value, as every caller above shows.
        unsafe {
            let to = (&raw mut *self).cast::<u64>();
            to.write(head);
            to.add(1).write(payload);
        }
    }

    /// Drops the value with a fast path for a kind that owns no heap.
    #[inline(always)]
    pub fn drop_fast(self) {
        if self.tag() >= tag::STR {
            cold_path();
            drop_out_of_line(self);
        } else {
            forget(self);
        }
    }

    /// Counts one more holder of what the value owns, for a bitwise copy of it.
    #[inline(never)]
    fn retain(&self) {
        match self {
            Value::Str(s) => forget(s.clone()),
            Value::Array(a) => forget(a.clone()),
            Value::Hash(h) => forget(h.clone()),
            Value::Ref(r) => forget(r.clone()),
            Value::Code(c) => forget(c.clone()),
            Value::Obj(o) => forget(o.clone()),
            _ => {}
        }
    }
}

/// Keeps the drops of six kinds out of the loops that overwrite values.
#[inline(never)]
fn drop_out_of_line(value: Value) {
    drop(value);
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if self.tag() >= tag::STR {
            cold_path();
            self.retain();
        }
        // SAFETY: what the value owns has been counted once more, for this copy.
        unsafe { read(self) }
    }

    #[inline]
    fn clone_from(&mut self, source: &Value) {
        self.overwrite(source.clone());
    }
}
