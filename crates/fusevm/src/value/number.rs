//! Numbers as text: the longest numeric prefix of a byte string, and the shortest decimal that reads back.
//!
//! Only decimal notation counts, unless the thread has another [`Notation`]: blanks, a sign, digits with an optional
//! point, an optional exponent. There is no hexadecimal, and `inf` and `nan` are words. Reading is correctly rounded,
//! so printing round-trips.

use super::{Notation, other_base};
use std::borrow::Cow;

/// A number as arithmetic sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Num {
    /// An exact integer.
    Int(i64),
    /// Any other number.
    Float(f64),
}

impl Num {
    /// The number as a float.
    #[inline]
    pub fn to_f64(self) -> f64 {
        match self {
            Num::Int(n) => n as f64,
            Num::Float(f) => f,
        }
    }

    /// The number truncated toward zero, at the limits of i64 when out of its range, 0 for NaN.
    #[inline]
    pub fn to_i64(self) -> i64 {
        match self {
            Num::Int(n) => n,
            Num::Float(f) => f as i64,
        }
    }
}

/// Blanks are those of C's `isspace` in the C locale.
#[inline]
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The numeric prefix of a byte string, taken apart.
struct Scan<'a> {
    /// The number itself, from its sign on.
    text: &'a [u8],
    /// Where the number ends in the whole string; 0 when there is none.
    end: usize,
    negative: bool,
    /// The digits as one integer, exact when `digits` is at most 19.
    mantissa: u64,
    /// Digits from the first that is not zero.
    digits: usize,
    /// The power of ten that scales `mantissa`, at most ±(10,000 + digits).
    exponent: i64,
    /// No point and no exponent.
    is_integer: bool,
    /// The character before the fraction.
    point: u8,
    /// The value of a number that is not decimal.
    other_base: Option<f64>,
}

/// Any exponent beyond this overflows or underflows, whatever the digits of a string that fits memory.
const EXPONENT_CAP: i64 = 1 << 50;

/// The numeric prefix of a text, as numbers are written on this thread.
fn scan(bytes: &[u8]) -> Option<Scan<'_>> {
    scan_as(bytes, Notation::current())
}

fn scan_as(bytes: &[u8], notation: Notation) -> Option<Scan<'_>> {
    let mut at = bytes.iter().position(|&b| !is_blank(b))?;
    let start = at;
    let negative = bytes[at] == b'-';
    if matches!(bytes[at], b'-' | b'+') {
        at += 1;
    }
    let mut s = Scan {
        text: b"",
        end: 0,
        negative,
        mantissa: 0,
        digits: 0,
        exponent: 0,
        is_integer: true,
        point: notation.point,
        other_base: None,
    };
    if notation.has_other_bases
        && let Some((value, length)) = other_base(&bytes[at..])
        // As in C, octal numbers have no sign.
        && (at == start || matches!(bytes.get(at + 1), Some(b'x' | b'X')))
    {
        s.other_base = Some(if negative { -value } else { value });
        s.end = if length == 0 { 0 } else { at + length };
        return Some(s);
    }
    let mut any_digit = false;
    let mut take_digits = |at: &mut usize, s: &mut Scan<'_>, scale: i64| {
        while let Some(digit) = bytes.get(*at).map(|b| b.wrapping_sub(b'0')).filter(|&d| d < 10) {
            any_digit = true;
            if s.digits > 0 || digit != 0 {
                s.digits += 1;
            }
            s.mantissa = s.mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
            s.exponent += scale;
            *at += 1;
        }
    };
    take_digits(&mut at, &mut s, 0);
    if bytes.get(at) == Some(&notation.point) {
        at += 1;
        s.is_integer = false;
        take_digits(&mut at, &mut s, -1);
    }
    if !any_digit {
        return None;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let mut after = at + 1;
        let down = bytes.get(after) == Some(&b'-');
        if let Some(b'-' | b'+') = bytes.get(after) {
            after += 1;
        }
        let digits_at = after;
        let mut exponent = 0i64;
        while let Some(digit) = bytes.get(after).map(|b| b.wrapping_sub(b'0')).filter(|&d| d < 10) {
            exponent = (exponent * 10 + i64::from(digit)).min(EXPONENT_CAP);
            after += 1;
        }
        if after > digits_at {
            s.exponent += if down { -exponent } else { exponent };
            s.is_integer = false;
            at = after;
        }
    }
    s.text = &bytes[start..at];
    s.end = at;
    Some(s)
}

/// The powers of ten that f64 holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

impl Scan<'_> {
    /// The integer, when it is written as one and fits.
    fn int(&self) -> Option<i64> {
        if !self.is_integer || self.digits > 19 || self.other_base.is_some() {
            return None;
        }
        // 19 digits fit u64, so the mantissa is exact.
        if self.negative {
            0i64.checked_sub_unsigned(self.mantissa)
        } else {
            i64::try_from(self.mantissa).ok()
        }
    }

    fn float(&self) -> f64 {
        if let Some(value) = self.other_base {
            return value;
        }
        // Clinger's fast path: integer and power are exact, so one rounding gives the nearest float.
        if self.digits <= 15
            && let Some(&power) = POWERS.get(self.exponent.unsigned_abs() as usize)
        {
            let m = self.mantissa as f64;
            let magnitude = if self.exponent < 0 { m / power } else { m * power };
            return if self.negative { -magnitude } else { magnitude };
        }
        // Digits, sign, point and exponent are all that `text` holds, in an order that Rust reads too.
        let text = match self.point {
            b'.' => Cow::Borrowed(self.text),
            point => self.text.iter().map(|&b| if b == point { b'.' } else { b }).collect(),
        };
        std::str::from_utf8(&text).ok().and_then(|t| t.parse().ok()).unwrap_or(0.0)
    }

    fn num(&self) -> Num {
        self.int().map_or_else(|| Num::Float(self.float()), Num::Int)
    }
}

/// The longest numeric prefix and how many bytes it takes, blanks before it included; `(Int(0), 0)` when
/// there is none. An `Int` when it is written as an integer and fits i64. The number is decimal, with a period.
pub fn parse_prefix(bytes: &[u8]) -> (Num, usize) {
    scan_as(bytes, Notation::default()).map_or((Num::Int(0), 0), |s| (s.num(), s.end))
}

/// What most numbers in programs and data are: a short decimal from end to end.
struct ShortDecimal {
    negative: bool,
    digits: i64,
    /// Digits behind the point; None when there is no point.
    scale: Option<usize>,
}

/// Fast reading of at most 16 digits, or 15 and a point, with at most a minus sign and nothing else.
#[inline]
fn short_decimal(bytes: &[u8]) -> Option<ShortDecimal> {
    if !Notation::is_plain() {
        return None;
    }
    let (negative, bytes) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if bytes.len() > 16 {
        return None;
    }
    let mut digits = 0;
    let mut point = None;
    for (at, &b) in bytes.iter().enumerate() {
        let digit = b.wrapping_sub(b'0');
        if digit <= 9 {
            digits = digits * 10 + i64::from(digit);
        } else if b == b'.' && point.is_none() {
            point = Some(at);
        } else {
            return None;
        }
    }
    let has_digit = bytes.len() > usize::from(point.is_some());
    has_digit.then(|| ShortDecimal { negative, digits, scale: point.map(|at| bytes.len() - at - 1) })
}

impl ShortDecimal {
    #[inline]
    fn float(&self) -> f64 {
        // As in `Scan::float`: at most 15 digits are divided, and 16 digits alone are rounded once.
        let magnitude = self.digits as f64 / POWERS[self.scale.unwrap_or(0)];
        if self.negative { -magnitude } else { magnitude }
    }

    #[inline]
    fn num(&self) -> Num {
        match self.scale {
            None => Num::Int(if self.negative { -self.digits } else { self.digits }),
            Some(_) => Num::Float(self.float()),
        }
    }
}

/// The number that the bytes begin with, else 0.
#[inline]
pub fn parse_number(bytes: &[u8]) -> Num {
    match short_decimal(bytes) {
        Some(short) => short.num(),
        None => scan(bytes).map_or(Num::Int(0), |s| s.num()),
    }
}

/// The number that the bytes begin with as an integer: truncated toward zero, saturating, else 0.
pub fn parse_int(bytes: &[u8]) -> i64 {
    parse_number(bytes).to_i64()
}

/// The number that the bytes begin with as a float, else 0; `-0` keeps its sign.
#[inline]
pub fn parse_float(bytes: &[u8]) -> f64 {
    match short_decimal(bytes) {
        Some(short) => short.float(),
        None => scan(bytes).map_or(0.0, |s| s.float()),
    }
}

/// An infinity or NaN as awk knows them: a sign and three letters, blanks around them aside.
pub(crate) fn parse_special(bytes: &[u8]) -> Option<f64> {
    let start = bytes.iter().position(|&byte| !is_blank(byte))?;
    let (sign @ (b'+' | b'-'), word) = bytes[start..].split_first()? else { return None };
    let end = word.iter().rposition(|&byte| !is_blank(byte))? + 1;
    let magnitude = match &word[..end] {
        word if word.eq_ignore_ascii_case(b"inf") => f64::INFINITY,
        word if word.eq_ignore_ascii_case(b"nan") => f64::NAN,
        _ => return None,
    };
    Some(if *sign == b'-' { -magnitude } else { magnitude })
}

/// As [`parse_float`], with the special values of [`parse_special`].
#[inline]
pub(crate) fn parse_float_or_special(bytes: &[u8]) -> f64 {
    match short_decimal(bytes) {
        Some(short) => short.float(),
        None => match scan(bytes) {
            Some(s) => s.float(),
            None => parse_special(bytes).unwrap_or(0.0),
        },
    }
}

/// The value of a byte string that is a number from end to end but for blanks around it: what awk asks of
/// input before it compares it as a number.
#[inline]
pub fn parse_whole(bytes: &[u8]) -> Option<f64> {
    if let Some(short) = short_decimal(bytes) {
        return Some(short.float());
    }
    let s = scan(bytes).filter(|s| s.end > 0)?;
    bytes[s.end..].iter().all(|&b| is_blank(b)).then(|| s.float())
}

/// The integer whose [`format_int`] form the bytes are: no leading zero, plus sign or `-0`.
#[inline]
pub(crate) fn parse_canonical_int(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    let (&first, rest) = digits.split_first()?;
    if !(b'1'..=b'9').contains(&first) {
        return (bytes == b"0").then_some(0);
    }
    if rest.len() > 18 {
        return None;
    }
    // At most 19 digits, which fit u64.
    let mut n = u64::from(first - b'0');
    for &b in rest {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        n = n * 10 + u64::from(digit);
    }
    if negative { 0i64.checked_sub_unsigned(n) } else { i64::try_from(n).ok() }
}

/// Room for any number as text.
#[derive(Clone, Copy, Debug)]
pub struct NumBuf {
    bytes: [u8; NumBuf::SIZE],
}

impl NumBuf {
    /// The longest float has a sign, `0.00000` and 17 digits.
    const SIZE: usize = 32;

    /// An unused buffer.
    #[inline]
    pub fn new() -> NumBuf {
        NumBuf { bytes: [0; NumBuf::SIZE] }
    }
}

impl Default for NumBuf {
    fn default() -> NumBuf {
        NumBuf::new()
    }
}

/// `00` to `99`.
const DIGIT_PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    pairs
};

/// The decimal form of `n`.
#[inline]
pub fn format_int(n: i64, buf: &mut NumBuf) -> &[u8] {
    let mut at = NumBuf::SIZE;
    let mut rest = n.unsigned_abs();
    while rest >= 100 {
        at -= 2;
        buf.bytes[at..at + 2].copy_from_slice(&DIGIT_PAIRS[(rest % 100) as usize]);
        rest /= 100;
    }
    if rest >= 10 {
        at -= 2;
        buf.bytes[at..at + 2].copy_from_slice(&DIGIT_PAIRS[rest as usize]);
    } else {
        at -= 1;
        buf.bytes[at] = b'0' + rest as u8;
    }
    if n < 0 {
        at -= 1;
        buf.bytes[at] = b'-';
    }
    &buf.bytes[at..]
}

/// Every integer of at most this magnitude is a float, whose shortest form is all its digits.
pub(crate) const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// Every float that is an integer of less than this magnitude is an i64 exactly, though not the other way round.
pub(crate) const INTEGERS: f64 = 9_223_372_036_854_775_808.0;

/// Remainder of floats with the sign of the dividend, as C's `fmod`, which is always a float exactly. Integers take the processor's division, which is
/// many times faster.
#[inline]
pub(crate) fn remainder(x: f64, y: f64) -> f64 {
    if x.abs() < INTEGERS && y.abs() < INTEGERS {
        let (dividend, divisor) = (x as i64, y as i64);
        if dividend as f64 == x && divisor as f64 == y && divisor != 0 {
            return ((dividend % divisor) as f64).copysign(x);
        }
    }
    x % y
}

/// The integer that prints as `f` does, when there is one and it is exact.
#[inline]
pub(crate) fn exact_int(f: f64) -> Option<i64> {
    let n = f as i64;
    (n as f64 == f && f.abs() <= EXACT_INTEGERS && (n != 0 || f.is_sign_positive())).then_some(n)
}

/// The shortest decimal that reads back as `f`, laid out as ECMAScript's Number::toString does
/// (<https://tc39.es/ecma262/#sec-numeric-types-number-tostring>), but with `-0`, `inf`, `-inf` and `nan`.
pub fn format_float(f: f64, buf: &mut NumBuf) -> &[u8] {
    if let Some(n) = exact_int(f) {
        return format_int(n, buf);
    }
    let mut out = Out { bytes: &mut buf.bytes, len: 0 };
    if f.is_nan() {
        out.push(b"nan");
    } else {
        if f.is_sign_negative() {
            out.push(b"-");
        }
        if f == 0.0 {
            out.push(b"0");
        } else if f.is_infinite() {
            out.push(b"inf");
        } else {
            lay_out(f.abs(), &mut out);
        }
    }
    let len = out.len;
    &buf.bytes[..len]
}

struct Out<'a> {
    bytes: &'a mut [u8; NumBuf::SIZE],
    len: usize,
}

impl Out<'_> {
    fn push(&mut self, part: &[u8]) {
        self.bytes[self.len..self.len + part.len()].copy_from_slice(part);
        self.len += part.len();
    }

    fn zeros(&mut self, n: usize) {
        self.bytes[self.len..self.len + n].fill(b'0');
        self.len += n;
    }
}

/// Writes a positive finite number.
fn lay_out(f: f64, out: &mut Out<'_>) {
    let mut shortest = zmij::Buffer::new();
    let mut digits = [0u8; 24];
    let (count, point) = digits_of(shortest.format_finite(f).as_bytes(), &mut digits);
    let digits = &digits[..count];
    // The value is 0.d1d2d3… × 10^point; the bounds are ECMAScript's.
    match point {
        1..=21 if count <= point as usize => {
            out.push(digits);
            out.zeros(point as usize - count);
        }
        1..=21 => {
            out.push(&digits[..point as usize]);
            out.push(b".");
            out.push(&digits[point as usize..]);
        }
        -5..=0 => {
            out.push(b"0.");
            out.zeros(point.unsigned_abs() as usize);
            out.push(digits);
        }
        _ => {
            out.push(&digits[..1]);
            if count > 1 {
                out.push(b".");
                out.push(&digits[1..]);
            }
            let exponent = point - 1;
            out.push(if exponent < 0 { b"e-" } else { b"e+" });
            out.push(format_int(i64::from(exponent.unsigned_abs()), &mut NumBuf::new()));
        }
    }
}

/// Takes a decimal such as `1.5e-7` or `123.0` apart: its significant digits go to `digits`, without zeros
/// at either end; gives their number and the power of ten that scales `0.digits`.
fn digits_of(text: &[u8], digits: &mut [u8; 24]) -> (usize, i32) {
    let mut count = 0;
    let mut point = 0;
    let mut past_point = false;
    let mut exponent = 0;
    for (at, &b) in text.iter().enumerate() {
        match b {
            b'.' => past_point = true,
            b'e' | b'E' => {
                exponent = parse_int(&text[at + 1..]) as i32;
                break;
            }
            _ => {
                if count == 0 && b == b'0' {
                    point -= i32::from(past_point);
                    continue;
                }
                digits[count] = b;
                count += 1;
                point += i32::from(!past_point);
            }
        }
    }
    while count > 1 && digits[count - 1] == b'0' {
        count -= 1;
    }
    (count, point + exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes, longest prefix, as strtod and the op reference have it.
    #[test]
    fn notations_differ_in_points_and_bases() {
        let comma = Notation { point: b',', has_other_bases: false };
        let bases = Notation { has_other_bases: true, ..Notation::default() };
        let cases: &[(&str, Notation, f64, usize)] = &[
            ("1,5", comma, 1.5, 3),
            ("1.5", comma, 1.0, 1),
            ("1,00000000000000000001x", comma, 1.0, 22),
            ("-2,5e1", comma, -25.0, 6),
            (" 0x1Fz", bases, 31.0, 5),
            ("-0x12", bases, -18.0, 5),
            ("011", bases, 9.0, 3),
            // As in C, octal numbers have no sign.
            ("-011", bases, -11.0, 4),
            ("08", bases, 8.0, 2),
            ("0x", bases, 0.0, 0),
            ("0x11", Notation::default(), 0.0, 1),
        ];
        for (text, notation, value, end) in cases {
            let scanned = scan_as(text.as_bytes(), *notation).expect(text);
            assert_eq!((scanned.float(), scanned.end), (*value, *end), "{text}");
        }
    }

    #[test]
    fn prefixes() {
        let f = Num::Float;
        let i = Num::Int;
        let cases: &[(&str, Num, usize)] = &[
            ("", i(0), 0),
            (" ", i(0), 0),
            ("abc", i(0), 0),
            ("-", i(0), 0),
            ("+", i(0), 0),
            (".", i(0), 0),
            ("-.", i(0), 0),
            ("e5", i(0), 0),
            (".e5", i(0), 0),
            ("--1", i(0), 0),
            ("- 1", i(0), 0),
            ("0", i(0), 1),
            ("-0", i(0), 2),
            ("007", i(7), 3),
            ("+42", i(42), 3),
            (" \t\n\x0b\x0c\r12x", i(12), 8),
            ("1.5.5", f(1.5), 3),
            ("5.", f(5.0), 2),
            (".5", f(0.5), 2),
            ("-.5e1", f(-5.0), 5),
            ("1e3", f(1000.0), 3),
            ("1E+3", f(1000.0), 4),
            ("1e", i(1), 1),
            ("1e+", i(1), 1),
            ("1e-x", i(1), 1),
            ("1.e2", f(100.0), 4),
            ("0x1f", i(0), 1),
            ("1_000", i(1), 1),
            ("inf", i(0), 0),
            ("nan", i(0), 0),
            ("9223372036854775807", i(i64::MAX), 19),
            ("9223372036854775808", f(9223372036854775808.0), 19),
            ("-9223372036854775808", i(i64::MIN), 20),
            ("-9223372036854775809", f(-9223372036854775808.0), 20),
            ("00000000000000000000000000000012", i(12), 32),
            ("123456789012345678901234567890", f(123456789012345678901234567890.0), 30),
            ("1e400", f(f64::INFINITY), 5),
            ("1e-400", f(0.0), 6),
            ("1e99999999999999999999999", f(f64::INFINITY), 25),
            ("0e99999999999999999999999", f(0.0), 25),
            ("1e-99999999999999999999999", f(0.0), 26),
            ("9007199254740993", i(9007199254740993), 16),
            ("9007199254740993.0", f(9007199254740992.0), 18),
            ("2.2250738585072011e-308", f(2.225_073_858_507_201e-308), 23),
        ];
        for &(text, want, end) in cases {
            assert_eq!(parse_prefix(text.as_bytes()), (want, end), "{text:?}");
            assert_eq!(parse_number(text.as_bytes()), want, "{text:?}");
            assert_eq!(parse_float(text.as_bytes()), want.to_f64(), "{text:?}");
        }
        assert!(parse_float(b"-0").is_sign_negative());
        assert!(parse_float(b" -0.0e5x").is_sign_negative());
    }

    #[test]
    fn whole_numbers() {
        let cases: &[(&str, Option<f64>)] = &[
            ("12", Some(12.0)),
            (" 12 ", Some(12.0)),
            ("\t-1.5e3\n", Some(-1500.0)),
            ("+7", Some(7.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("12345678901234567890", Some(12345678901234567890.0)),
            ("", None),
            ("  ", None),
            (".", None),
            ("-", None),
            ("12x", None),
            ("1 2", None),
            ("1e", None),
            ("0x1", None),
            ("1.2.3", None),
            ("127.0.0.1", None),
        ];
        for &(text, want) in cases {
            assert_eq!(parse_whole(text.as_bytes()), want, "{text:?}");
        }
    }

    #[test]
    fn canonical_integers_are_those_that_print_so() {
        let canonical = [0, 7, -1, 10, 123456789, i64::MAX, i64::MIN, 1 - i64::MAX];
        for n in canonical {
            assert_eq!(parse_canonical_int(format_int(n, &mut NumBuf::new())), Some(n));
            assert_eq!(format_int(n, &mut NumBuf::new()), n.to_string().as_bytes());
        }
        let others = [
            "",
            "-",
            "-0",
            "+1",
            "00",
            "042",
            "1.0",
            " 1",
            "1 ",
            "9223372036854775808",
            "-9223372036854775809",
            "1e3",
        ];
        for text in others {
            assert_eq!(parse_canonical_int(text.as_bytes()), None, "{text:?}");
        }
    }

    /// Values of the examples and corner cases of ECMAScript's Number::toString, as node prints them, but
    /// for the four that the op reference names otherwise.
    #[test]
    fn floats_print_as_ecmascript_does() {
        let cases: &[(f64, &str)] = &[
            (0.0, "0"),
            (-0.0, "-0"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (100.0, "100"),
            (123456.789, "123456.789"),
            (0.001, "0.001"),
            (0.000001, "0.000001"),
            (0.0000015, "0.0000015"),
            (0.0000001, "1e-7"),
            (-0.00000012, "-1.2e-7"),
            (1e15, "1000000000000000"),
            (9007199254740993.0, "9007199254740992"),
            (1152921504606846976.0, "1152921504606847000"),
            (1e20, "100000000000000000000"),
            (123456789012345680000.0, "123456789012345680000"),
            (1e21, "1e+21"),
            (1.5e21, "1.5e+21"),
            (-1e21, "-1e+21"),
            (1e100, "1e+100"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (5e-324, "5e-324"),
            (1.0 / 3.0, "0.3333333333333333"),
            (-2.0 / 3.0 * 1e-6, "-6.666666666666666e-7"),
            (4.35, "4.35"),
        ];
        for &(f, want) in cases {
            let mut buf = NumBuf::new();
            assert_eq!(String::from_utf8_lossy(format_float(f, &mut buf)), want);
        }
    }

    #[test]
    fn printed_floats_read_back() {
        let mut bits = 0x9e37_79b9_7f4a_7c15u64;
        for _ in 0..20_000 {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            for f in [f64::from_bits(bits), (bits >> 40) as f64 / 1000.0, (bits >> 11) as f64, bits as f64] {
                if f.is_finite() {
                    let mut buf = NumBuf::new();
                    let text = format_float(f, &mut buf);
                    assert_eq!(parse_float(text).to_bits(), f.to_bits());
                    assert_eq!(parse_whole(text), Some(f));
                }
            }
        }
    }

    /// Against the standard library, which rounds correctly.
    #[test]
    fn decimals_are_rounded_correctly() {
        let mut seed = 1u64;
        for _ in 0..20_000 {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let digits = (seed >> 11) % 10u64.pow((seed % 17) as u32 + 1);
            let text = match seed % 3 {
                0 => format!("{digits}e{}", (seed >> 50) as i32 % 40 - 20),
                1 => format!("{}.{digits}", seed % 1000),
                _ => format!("-{digits}."),
            };
            assert_eq!(parse_float(text.as_bytes()), text.parse::<f64>().unwrap(), "{text}");
        }
    }
}
