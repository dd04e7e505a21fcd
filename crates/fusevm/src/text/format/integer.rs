//! Integers: `%d`, `%u`, `%o`, `%x`, exact also for doubles beyond 64 bits.

use super::{Base, Layout, Notation, Number, Style, float};

/// Two-digit numbers in order.
const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
    2021222324252627282930313233343536373839\
    4041424344454647484950515253545556575859\
    6061626364656667686970717273747576777879\
    8081828384858687888990919293949596979899";

/// Digits of a u64 in base 8, the longest form.
const DIGITS_MAX: usize = 22;

/// Appends a number in decimal.
pub(super) fn push_decimal(out: &mut Vec<u8>, value: u64) {
    let mut buffer = [0; DIGITS_MAX];
    out.extend_from_slice(decimal(value, &mut buffer));
}

fn decimal(mut value: u64, buffer: &mut [u8; DIGITS_MAX]) -> &[u8] {
    let mut at = DIGITS_MAX;
    while value >= 100 {
        let pair = (value % 100) as usize * 2;
        value /= 100;
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if value >= 10 {
        let pair = value as usize * 2;
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        at -= 1;
        buffer[at] = b'0' + value as u8;
    }
    &buffer[at..]
}

/// The digits in a base that is a power of two.
fn digits(mut value: u64, bits: u32, alphabet: &[u8; 16], buffer: &mut [u8; DIGITS_MAX]) -> usize {
    let mut at = DIGITS_MAX;
    loop {
        at -= 1;
        buffer[at] = alphabet[(value & ((1 << bits) - 1)) as usize];
        value >>= bits;
        if value == 0 {
            return at;
        }
    }
}

/// `%d`.
pub(super) fn write_decimal(out: &mut Vec<u8>, number: Number, layout: &Layout) {
    let (negative, magnitude) = match number {
        Number::Int(int) => (int < 0, int.unsigned_abs()),
        Number::Float(float) if !float.is_finite() => return float::write_special(out, float, false),
        Number::Float(float) if float.abs() < u64::MAX as f64 => {
            let magnitude = float.abs() as u64;
            (float < 0.0 && magnitude > 0, magnitude)
        }
        Number::Float(float) => {
            let start = out.len();
            out.extend_from_slice(layout.sign(float < 0.0));
            let body = out.len();
            float::push_fixed(out, float.abs(), 0);
            return finish(out, start, body, layout);
        }
    };
    let start = out.len();
    if magnitude == 0 && layout.precision == Some(0) {
        // No digits at all, and in gawk no sign either.
        return finish(out, start, start, layout);
    }
    out.extend_from_slice(layout.sign(negative));
    let body = out.len();
    push_decimal(out, magnitude);
    finish(out, start, body, layout);
}

/// `%u`, `%o`, `%x`. Negative numbers wrap at 64 bits; what does not fit them is written as `%g` does.
pub(super) fn write_unsigned(out: &mut Vec<u8>, number: Number, base: Base, layout: &Layout) {
    let value = match number {
        Number::Int(int) => int as u64,
        Number::Float(float) if !float.is_finite() => {
            return float::write_special(out, float, base == Base::Sixteen { upper: true });
        }
        Number::Float(float) => {
            let whole = float.trunc();
            if whole >= i64::MIN as f64 && whole < 0.0 {
                whole as i64 as u64
            } else if (0.0..u64::MAX as f64).contains(&whole) {
                whole as u64
            } else {
                return float::write(out, float, Notation { style: Style::General, upper: false }, layout);
            }
        }
    };
    let start = out.len();
    let mut buffer = [0; DIGITS_MAX];
    let alternate = layout.flags.alternate;
    let (prefix, digits): (&[u8], &[u8]) = match base {
        Base::Ten => (b"", decimal(value, &mut buffer)),
        Base::Eight => {
            let at = digits(value, 3, b"0123456789abcdef", &mut buffer);
            (if alternate && value != 0 { b"0" } else { b"" }, &buffer[at..])
        }
        Base::Sixteen { upper } => {
            let alphabet = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
            let at = digits(value, 4, alphabet, &mut buffer);
            let prefix: &[u8] = if upper { b"0X" } else { b"0x" };
            (if alternate && value != 0 { prefix } else { b"" }, &buffer[at..])
        }
    };
    out.extend_from_slice(prefix);
    let body = out.len();
    if value > 0 || layout.precision != Some(0) || alternate {
        out.extend_from_slice(digits);
    }
    finish(out, start, body, layout);
}

/// Brings the digits from `body` on to the precision, and everything from `start` on to the width.
fn finish(out: &mut Vec<u8>, start: usize, body: usize, layout: &Layout) {
    if let Some(precision) = layout.precision {
        let digits = Layout { width: precision, ..Layout::PLAIN };
        let length = out.len() - body;
        digits.pad(out, body, length, Some(body));
    }
    let zero = layout.flags.zero && layout.precision.is_none();
    let length = out.len() - start;
    layout.pad(out, start, length, zero.then_some(body));
}
