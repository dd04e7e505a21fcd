//! Numbers as text: the longest numeric prefix of a byte string, and the shortest decimal that reads back.
//!
//! Only decimal notation counts: blanks, a sign, digits with an optional point, an optional exponent. There
//! is no hexadecimal, and `inf` and `nan` are words. Reading is correctly rounded, so printing round-trips.

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
}

/// Any exponent beyond this overflows or underflows, whatever the digits of a string that fits memory.
const EXPONENT_CAP: i64 = 1 << 50;

fn scan(bytes: &[u8]) -> Option<Scan<'_>> {
    let mut at = bytes.iter().position(|&b| !is_blank(b))?;
    let start = at;
    let negative = bytes[at] == b'-';
    if matches!(bytes[at], b'-' | b'+') {
        at += 1;
    }
    let mut s = Scan { text: b"", end: 0, negative, mantissa: 0, digits: 0, exponent: 0, is_integer: true };
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
    if bytes.get(at) == Some(&b'.') {
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

impl Scan<'_> {
    /// The integer, when it is written as one and fits.
    fn int(&self) -> Option<i64> {
        if !self.is_integer || self.digits > 19 {
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
        /// The powers of ten that f64 holds exactly.
        const POWERS: [f64; 23] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
            1e18, 1e19, 1e20, 1e21, 1e22,
        ];
        // Clinger's fast path: integer and power are exact, so one rounding gives the nearest float.
        if self.digits <= 15
            && let Some(&power) = POWERS.get(self.exponent.unsigned_abs() as usize)
        {
            let m = self.mantissa as f64;
            let magnitude = if self.exponent < 0 { m / power } else { m * power };
            return if self.negative { -magnitude } else { magnitude };
        }
        // Digits, sign, point and exponent are all that `text` holds, in an order that Rust reads too.
        std::str::from_utf8(self.text).ok().and_then(|t| t.parse().ok()).unwrap_or(0.0)
    }

    fn num(&self) -> Num {
        self.int().map_or_else(|| Num::Float(self.float()), Num::Int)
    }
}

/// The longest numeric prefix and how many bytes it takes, blanks before it included; `(Int(0), 0)` when
/// there is none. An `Int` when it is written as an integer and fits i64.
pub fn parse_prefix(bytes: &[u8]) -> (Num, usize) {
    scan(bytes).map_or((Num::Int(0), 0), |s| (s.num(), s.end))
}

/// The number that the bytes begin with, else 0.
#[inline]
pub fn parse_number(bytes: &[u8]) -> Num {
    // Most numbers in programs and data are short and unsigned.
    if !bytes.is_empty() && bytes.len() <= 15 {
        let mut n = 0i64;
        for &b in bytes {
            let digit = b.wrapping_sub(b'0');
            if digit > 9 {
                return parse_prefix(bytes).0;
            }
            n = n * 10 + i64::from(digit);
        }
        return Num::Int(n);
    }
    parse_prefix(bytes).0
}

/// The number that the bytes begin with as an integer: truncated toward zero, saturating, else 0.
pub fn parse_int(bytes: &[u8]) -> i64 {
    parse_number(bytes).to_i64()
}

/// The number that the bytes begin with as a float, else 0; `-0` keeps its sign.
pub fn parse_float(bytes: &[u8]) -> f64 {
    scan(bytes).map_or(0.0, |s| s.float())
}

/// The value of a byte string that is a number from end to end but for blanks around it: what awk asks of
/// input before it compares it as a number.
pub fn parse_whole(bytes: &[u8]) -> Option<f64> {
    let s = scan(bytes)?;
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
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

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
