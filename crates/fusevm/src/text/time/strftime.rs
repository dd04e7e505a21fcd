//! `strftime`: the conversions of POSIX and glibc's flags, in the C locale.

use super::{Civil, Zone};

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// The letters of abbreviated names.
const SHORT: usize = 3;
/// The conversions that the modifiers E and O may stand before; in the C locale they change nothing.
const WITH_E: &[u8] = b"cCxXyY";
const WITH_O: &[u8] = b"deHImMSuUVwWy";
/// The largest field width that is honoured.
const WIDTH_MAX: usize = 1 << 16;

/// Appends the time `seconds` after the epoch in that zone, formatted. What is no conversion stands for itself. Appends nothing when the
/// year does not fit 32 bits, where C gives up too.
pub fn strftime(out: &mut Vec<u8>, format: &[u8], seconds: i64, zone: &Zone) {
    if let Some(civil) = zone.civil(seconds) {
        render(out, format, &civil);
    }
}

fn render(out: &mut Vec<u8>, format: &[u8], civil: &Civil) {
    let mut rest = format;
    while let Some(at) = memchr::memchr(b'%', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let length = match Field::parse(rest) {
            Some((field, length)) if field.render(out, civil) => length,
            _ => {
                out.push(b'%');
                1
            }
        };
        rest = &rest[length..];
    }
    out.extend_from_slice(rest);
}

/// A conversion as written: `%`, flags, width, modifier, letter.
#[derive(Default)]
struct Field {
    /// `_`, `-` or `0`: how to pad.
    padding: Option<u8>,
    /// `^`
    upper: bool,
    /// `#`
    swap_case: bool,
    width: usize,
    letter: u8,
}

/// What a conversion stands for.
enum Content {
    /// A number, with its usual number of digits and what they are filled with.
    Number(i64, usize, u8),
    Name(&'static str),
    Text(Vec<u8>),
}

impl Field {
    /// The conversion at the start of the text, and its length.
    fn parse(text: &[u8]) -> Option<(Field, usize)> {
        let mut field = Field::default();
        let mut at = 1;
        while let Some(&flag) = text.get(at) {
            match flag {
                b'_' | b'-' | b'0' => field.padding = Some(flag),
                b'^' => field.upper = true,
                b'#' => field.swap_case = true,
                _ => break,
            }
            at += 1;
        }
        while let Some(digit @ b'0'..=b'9') = text.get(at) {
            field.width = (field.width * 10 + usize::from(digit - b'0')).min(WIDTH_MAX);
            at += 1;
        }
        let allowed = match text.get(at)? {
            b'E' => Some(WITH_E),
            b'O' => Some(WITH_O),
            _ => None,
        };
        at += usize::from(allowed.is_some());
        field.letter = *text.get(at)?;
        if allowed.is_some_and(|letters| !letters.contains(&field.letter)) {
            return None;
        }
        Some((field, at + 1))
    }

    /// Appends the field; false when its letter means nothing.
    fn render(&self, out: &mut Vec<u8>, civil: &Civil) -> bool {
        let Some(content) = self.content(civil) else {
            return false;
        };
        let start = out.len();
        let fill = match content {
            Content::Number(value, digits, fill) => {
                self.number(out, value, digits, fill);
                fill
            }
            Content::Name(name) => {
                self.cased(out, name.as_bytes());
                b' '
            }
            Content::Text(text) => {
                self.cased(out, &text);
                b' '
            }
        };
        let fill = match self.padding {
            Some(b'0') => b'0',
            Some(_) => b' ',
            None => fill,
        };
        let missing = self.width.saturating_sub(out.len() - start);
        out.splice(start..start, std::iter::repeat_n(fill, missing));
        true
    }

    /// Appends a number, filled to its usual digits unless the flags say otherwise.
    fn number(&self, out: &mut Vec<u8>, value: i64, digits: usize, fill: u8) {
        let fill = match self.padding {
            Some(b'-') => 0,
            Some(b'_') => b' ',
            Some(zero) => zero,
            None => fill,
        };
        let text = value.unsigned_abs().to_string();
        if value < 0 {
            out.push(b'-');
        }
        if fill != 0 {
            out.extend(std::iter::repeat_n(fill, digits.saturating_sub(text.len())));
        }
        out.extend_from_slice(text.as_bytes());
    }

    fn cased(&self, out: &mut Vec<u8>, text: &[u8]) {
        let start = out.len();
        out.extend_from_slice(text);
        let text = &mut out[start..];
        match self.letter {
            b'P' => text.make_ascii_lowercase(),
            // Swapping makes lower case of what is upper, and upper case of names.
            b'p' | b'Z' if self.swap_case => text.make_ascii_lowercase(),
            b'a' | b'A' | b'b' | b'B' | b'h' if self.swap_case => text.make_ascii_uppercase(),
            _ if self.upper => text.make_ascii_uppercase(),
            _ => {}
        }
    }

    fn content(&self, civil: &Civil) -> Option<Content> {
        let two = |value: i64| Content::Number(value, 2, b'0');
        let blank = |value: i64| Content::Number(value, 2, b' ');
        let one = |value: i64| Content::Number(value, 1, b'0');
        let weekday = WEEKDAYS[civil.weekday as usize];
        let month = MONTHS[civil.month as usize - 1];
        let hour_of_12 = (civil.hour + 11) % 12 + 1;
        let composed = |format: &[u8]| {
            let mut text = Vec::new();
            render(&mut text, format, civil);
            Content::Text(text)
        };
        Some(match self.letter {
            b'a' => Content::Name(&weekday[..SHORT]),
            b'A' => Content::Name(weekday),
            b'b' | b'h' => Content::Name(&month[..SHORT]),
            b'B' => Content::Name(month),
            b'c' => composed(b"%a %b %e %H:%M:%S %Y"),
            b'C' => one(civil.year.div_euclid(100)),
            b'd' => two(civil.day),
            b'D' | b'x' => composed(b"%m/%d/%y"),
            b'e' => blank(civil.day),
            b'F' => composed(b"%Y-%m-%d"),
            b'g' => two(civil.iso_week().0.rem_euclid(100)),
            b'G' => one(civil.iso_week().0),
            b'H' => two(civil.hour),
            b'I' => two(hour_of_12),
            b'j' => Content::Number(civil.day_of_year + 1, 3, b'0'),
            b'k' => blank(civil.hour),
            b'l' => blank(hour_of_12),
            b'm' => two(civil.month),
            b'M' => two(civil.minute),
            b'n' => Content::Name("\n"),
            b'p' | b'P' => Content::Name(if civil.hour < 12 { "AM" } else { "PM" }),
            b'r' => composed(b"%I:%M:%S %p"),
            b'R' => composed(b"%H:%M"),
            b's' => one(civil.seconds),
            b'S' => two(civil.second),
            b't' => Content::Name("\t"),
            b'T' | b'X' => composed(b"%H:%M:%S"),
            b'u' => one((civil.weekday + 6) % 7 + 1),
            b'U' => two(civil.week(0)),
            b'V' => two(civil.iso_week().1),
            b'w' => one(civil.weekday),
            b'W' => two(civil.week(1)),
            b'y' => two(civil.year.rem_euclid(100)),
            b'Y' => one(civil.year),
            b'z' => {
                let minutes = civil.offset.abs() / 60;
                let mut text = vec![if civil.offset < 0 { b'-' } else { b'+' }];
                self.number(&mut text, minutes / 60 * 100 + minutes % 60, 4, b'0');
                Content::Text(text)
            }
            b'Z' => Content::Text(civil.abbreviation.clone().into_bytes()),
            b'%' => Content::Name("%"),
            _ => return None,
        })
    }
}
