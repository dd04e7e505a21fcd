//! Doubles: `%f`, `%e`, `%g`, `%a`, correctly rounded (half to even on the exact value) at every precision, as glibc does.
//!
//! The usual precisions of usual magnitudes take a short way in exact integer arithmetic; the rest goes through the standard library's
//! formatting, which is exact too.

use std::fmt::Write;

use super::integer::push_decimal;
use super::{Layout, Notation, Style};

/// Doubles have no digits past this many decimals: the smallest one ends there.
const DECIMALS_MAX: usize = 1074;
/// Below this, whole parts and scaled values of the short way stay within its integers.
const SHORT_LIMIT: f64 = 1e15;
/// The most decimals of the short way.
const SHORT_DECIMALS: usize = 17;

const POWERS_OF_TEN: [u64; 20] = {
    let mut powers = [1; 20];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

/// Appends a double in the form `%.{precision}g`.
pub fn fmt_g(out: &mut Vec<u8>, value: f64, precision: usize) {
    let notation = Notation { style: Style::General, upper: false };
    write(out, value, notation, &Layout { precision: Some(precision), ..Layout::PLAIN });
}

/// Infinities and NaN as gawk writes them: always with a sign, never padded.
pub(super) fn write_special(out: &mut Vec<u8>, value: f64, upper: bool) {
    out.push(if value.is_sign_negative() { b'-' } else { b'+' });
    out.extend_from_slice(match (value.is_nan(), upper) {
        (true, false) => b"nan",
        (true, true) => b"NAN",
        (false, false) => b"inf",
        (false, true) => b"INF",
    });
}

pub(super) fn write(out: &mut Vec<u8>, value: f64, notation: Notation, layout: &Layout) {
    if !value.is_finite() {
        return write_special(out, value, notation.upper);
    }
    let start = out.len();
    out.extend_from_slice(layout.sign(value.is_sign_negative()));
    let mut body = out.len();
    let magnitude = value.abs();
    let alternate = layout.flags.alternate;
    let precision = layout.precision.unwrap_or(6);
    match notation.style {
        Style::Fixed => {
            push_fixed(out, magnitude, precision);
            if alternate && precision == 0 {
                out.push(b'.');
            }
        }
        Style::Exponent => {
            push_exponent(out, magnitude, precision, alternate);
        }
        Style::General => push_general(out, magnitude, precision.max(1), alternate),
        Style::Hex => {
            push_hex(out, magnitude, layout.precision, alternate);
            // Zeros go behind the `0x`.
            body += 2;
        }
    }
    if notation.upper {
        out[start..].make_ascii_uppercase();
    }
    let length = out.len() - start;
    layout.pad(out, start, length, layout.flags.zero.then_some(body));
}

/// `value × 10^decimals` rounded to an integer, half to even. Exact: needs `value × 10^decimals < 2^64` and `decimals <= 22`.
fn scaled(value: f64, decimals: usize) -> u64 {
    const FRACTION_BITS: u32 = 52;
    const BIAS: i32 = 1075;
    let bits = value.to_bits();
    let biased = (bits >> FRACTION_BITS) as i32 & 0x7FF;
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    let (mantissa, exponent) =
        if biased == 0 { (fraction, 1 - BIAS) } else { (fraction | 1 << FRACTION_BITS, biased - BIAS) };
    // Below 2^53 × 10^22, which is below 2^127.
    let product = u128::from(mantissa) * 10u128.pow(decimals as u32);
    if exponent >= 0 {
        return (product << exponent) as u64;
    }
    let shift = exponent.unsigned_abs();
    if shift >= u128::BITS {
        // Less than a half.
        return 0;
    }
    let quotient = product >> shift;
    let rest = product & ((1 << shift) - 1);
    let half = 1 << (shift - 1);
    let up = rest > half || (rest == half && quotient & 1 == 1);
    (quotient + u128::from(up)) as u64
}

/// Appends `digits` as the last decimals of a fraction, with the zeros before them.
fn push_decimals(out: &mut Vec<u8>, digits: u64, decimals: usize) {
    out.push(b'.');
    let start = out.len();
    push_decimal(out, digits);
    Layout { width: decimals, ..Layout::PLAIN }.pad(out, start, out.len() - start, Some(start));
}

/// Appends a magnitude with that many decimals.
pub(super) fn push_fixed(out: &mut Vec<u8>, magnitude: f64, decimals: usize) {
    if magnitude < SHORT_LIMIT && decimals <= SHORT_DECIMALS {
        let mut whole = magnitude as u64;
        let mut fraction = if decimals == 0 {
            // Alone, a fraction would not know whether the whole part is even.
            whole = scaled(magnitude, 0);
            0
        } else {
            scaled(magnitude - whole as f64, decimals)
        };
        if fraction == POWERS_OF_TEN[decimals] {
            whole += 1;
            fraction = 0;
        }
        push_decimal(out, whole);
        if decimals > 0 {
            push_decimals(out, fraction, decimals);
        }
        return;
    }
    let exact = decimals.min(DECIMALS_MAX);
    // Writing to a Vec cannot fail.
    let _ = write!(Sink(out), "{magnitude:.exact$}");
    out.resize(out.len() + decimals - exact, b'0');
}

/// Appends a magnitude in scientific notation; returns its exponent and where the `e` is.
fn push_exponent(out: &mut Vec<u8>, magnitude: f64, decimals: usize, alternate: bool) -> (i32, usize) {
    let exact = decimals.min(DECIMALS_MAX);
    let start = out.len();
    let _ = write!(Sink(out), "{magnitude:.exact$e}");
    let mark = start + out[start..].iter().rposition(|&b| b == b'e').unwrap_or(0);
    // The standard library writes `1.5e-7`.
    let negative = out[mark + 1] == b'-';
    let digits = &out[mark + 1 + usize::from(negative)..];
    let exponent = digits.iter().fold(0, |value, digit| value * 10 + i32::from(digit - b'0'));
    out.truncate(mark);
    if alternate && decimals == 0 {
        out.push(b'.');
    }
    out.resize(out.len() + decimals - exact, b'0');
    let mark = out.len();
    out.extend_from_slice(if negative { b"e-" } else { b"e+" });
    if exponent < 10 {
        out.push(b'0');
    }
    push_decimal(out, exponent.unsigned_abs().into());
    (if negative { -exponent } else { exponent }, mark)
}

/// Appends a magnitude with `digits` significant digits, in whichever notation is shorter by C's rule.
fn push_general(out: &mut Vec<u8>, magnitude: f64, digits: usize, alternate: bool) {
    if !alternate && push_general_short(out, magnitude, digits) {
        return;
    }
    let start = out.len();
    let (exponent, mark) = push_exponent(out, magnitude, digits - 1, alternate);
    if exponent < -4 || i64::from(exponent) >= digits as i64 {
        if !alternate {
            let kept = without_trailing_zeros(&out[start..mark]);
            out.drain(start + kept..mark);
        }
        return;
    }
    out.truncate(start);
    // exponent < digits, so this is not negative; and it is exact to subtract a negative exponent.
    let decimals = (digits as i64 - 1 - i64::from(exponent)) as usize;
    push_fixed(out, magnitude, decimals);
    if !alternate {
        let kept = without_trailing_zeros(&out[start..]);
        out.truncate(start + kept);
    } else if decimals == 0 {
        out.push(b'.');
    }
}

/// The usual case of `%g`: no exponent to write, and few digits. False when it is not that case, with nothing written.
fn push_general_short(out: &mut Vec<u8>, magnitude: f64, digits: usize) -> bool {
    if !(1e-4..SHORT_LIMIT).contains(&magnitude) || digits > SHORT_DECIMALS {
        return false;
    }
    // Each of these doubles is just above the power that it stands for, so comparing with it is comparing with the power.
    const SMALL: [f64; 4] = [1e-1, 1e-2, 1e-3, 1e-4];
    let mut exponent = if magnitude >= 1.0 {
        POWERS_OF_TEN.iter().take_while(|&&power| power <= magnitude as u64).count() as i32 - 1
    } else {
        -1 - SMALL.iter().take_while(|&&power| magnitude < power).count() as i32
    };
    let decimals = digits as i32 - 1 - exponent;
    if decimals < 0 {
        return false;
    }
    let mut decimals = decimals as usize;
    let mut value = scaled(magnitude, decimals);
    if value == POWERS_OF_TEN[digits] {
        // Rounded up to one digit more.
        exponent += 1;
        if exponent >= digits as i32 {
            return false;
        }
    }
    while decimals > 0 && value.is_multiple_of(10) {
        value /= 10;
        decimals -= 1;
    }
    if decimals == 0 {
        push_decimal(out, value);
    } else if let Some(&power) = POWERS_OF_TEN.get(decimals) {
        push_decimal(out, value / power);
        push_decimals(out, value % power, decimals);
    } else {
        // More decimals than a u64 has digits: all of it is fraction.
        out.push(b'0');
        push_decimals(out, value, decimals);
    }
    true
}

/// The length of a decimal fraction without its trailing zeros, and without the point if nothing follows it.
fn without_trailing_zeros(text: &[u8]) -> usize {
    if !text.contains(&b'.') {
        return text.len();
    }
    let digits = text.iter().rposition(|&b| b != b'0').map_or(0, |last| last + 1);
    if text[..digits].ends_with(b".") { digits - 1 } else { digits }
}

/// Appends a magnitude in hexadecimal with a binary exponent, as many digits as it takes or `precision` of them.
fn push_hex(out: &mut Vec<u8>, magnitude: f64, precision: Option<usize>, alternate: bool) {
    const FRACTION_BITS: u32 = 52;
    const DIGITS: usize = 13;
    let bits = magnitude.to_bits();
    let biased = (bits >> FRACTION_BITS) as i32;
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    let (mut mantissa, exponent) = match (biased, fraction) {
        (0, 0) => (0, 0),
        (0, _) => (fraction, -1022),
        _ => (fraction | 1 << FRACTION_BITS, biased - 1023),
    };
    let mut digits = DIGITS;
    match precision {
        None => {
            while digits > 0 && mantissa & 0xF == 0 {
                mantissa >>= 4;
                digits -= 1;
            }
        }
        Some(precision) if precision < DIGITS => {
            let shift = 4 * (DIGITS - precision);
            let (rest, half) = (mantissa & ((1 << shift) - 1), 1 << (shift - 1));
            mantissa >>= shift;
            // Like glibc, a carry may make the first digit 2.
            mantissa += u64::from(rest > half || (rest == half && mantissa & 1 == 1));
            digits = precision;
        }
        Some(_) => {}
    }
    let _ = write!(Sink(out), "0x{:x}", mantissa >> (4 * digits));
    let zeros = precision.unwrap_or(digits) - digits;
    if digits + zeros > 0 || alternate {
        out.push(b'.');
    }
    if digits > 0 {
        let fraction = mantissa & ((1 << (4 * digits)) - 1);
        let _ = write!(Sink(out), "{fraction:0digits$x}");
    }
    out.resize(out.len() + zeros, b'0');
    let _ = write!(Sink(out), "p{exponent:+}");
}

/// Lets the standard library's formatting write bytes.
struct Sink<'a>(&'a mut Vec<u8>);

impl Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
