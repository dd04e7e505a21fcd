//! How numbers are written in texts: which character is the decimal point, and whether `0x…` and `0…` are
//! hexadecimal and octal.
//!
//! A conversion has nothing but the text at hand, so this belongs to the thread; a run of a VM makes it what the VM's
//! programs want, and leaves it as it was.

use std::cell::Cell;

/// The bit for numbers of other bases; the low byte is the decimal point, 0 for a period.
const OTHER_BASES: u16 = 1 << 8;

thread_local! {
    static NOTATION: Cell<u16> = const { Cell::new(0) };
}

/// How numbers are written in texts that become numbers, and by conversions of numbers to texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notation {
    /// The character before the fraction.
    pub point: u8,
    /// Whether texts are read as hexadecimal when they begin with `0x`, and as octal when they begin with `0`.
    pub has_other_bases: bool,
}

impl Default for Notation {
    fn default() -> Notation {
        Notation { point: b'.', has_other_bases: false }
    }
}

impl Notation {
    /// The notation of this thread.
    #[inline]
    pub fn current() -> Notation {
        let bits = NOTATION.get();
        let point = if bits & 0xff == 0 { b'.' } else { bits as u8 };
        Notation { point, has_other_bases: bits & OTHER_BASES != 0 }
    }

    /// Whether numbers are written as everywhere else: in decimal, with a period.
    #[inline]
    pub(crate) fn is_plain() -> bool {
        NOTATION.get() == 0
    }

    /// Does something on this thread with numbers written so. [`AwkState::set_notation`](crate::awk_host::AwkState) says
    /// it for the runs of a VM.
    pub fn during<T>(self, work: impl FnOnce() -> T) -> T {
        /// What the thread had before, which it has again whichever way the work ends.
        struct Before(u16);
        impl Drop for Before {
            fn drop(&mut self) {
                NOTATION.set(self.0);
            }
        }
        let _before = Before(NOTATION.replace(self.bits()));
        work()
    }

    fn bits(self) -> u16 {
        let point = if self.point == b'.' { 0 } else { u16::from(self.point) };
        let bases = if self.has_other_bases { OTHER_BASES } else { 0 };
        point | bases
    }
}

/// The number that a text begins with when it is hexadecimal or octal, and how many bytes it takes.
pub(crate) fn other_base(text: &[u8]) -> Option<(f64, usize)> {
    let (radix, prefix) = match text {
        [b'0', b'x' | b'X', ..] => (16, 2),
        _ if is_octal(text) => (8, 0),
        _ => return None,
    };
    let digits = || text[prefix..].iter().map_while(|&b| char::from(b).to_digit(radix));
    let value = digits().fold(0.0, |value, digit| value * f64::from(radix) + f64::from(digit));
    // Without digits, `0x` is a text that begins with no number.
    let end = if text.len() > prefix { prefix + digits().count() } else { 0 };
    Some((value, end))
}

/// Whether a text begins like an octal number: a 0, digits, none of them 8 or 9, and no decimal fraction.
fn is_octal(text: &[u8]) -> bool {
    let end = text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    let is_decimal =
        text.get(end).is_some_and(|&b| matches!(b, b'e' | b'E') || b == Notation::current().point);
    text.first() == Some(&b'0') && !is_decimal && text[..end].iter().all(|b| matches!(b, b'0'..=b'7'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notation_ends_with_what_was_done_in_it() {
        let comma = Notation { point: b',', has_other_bases: false };
        let bases = Notation { has_other_bases: true, ..Notation::default() };
        comma.during(|| {
            assert_eq!(bases.during(Notation::current), bases);
            assert_eq!(Notation::current(), comma);
            let elsewhere = std::thread::spawn(Notation::current).join().unwrap();
            assert_eq!(elsewhere, Notation::default());
            let panic = std::panic::catch_unwind(|| bases.during(|| panic!("in the middle")));
            assert!(panic.is_err());
            assert_eq!(Notation::current(), comma);
        });
        assert!(Notation::is_plain());
    }

    #[test]
    fn other_bases_are_read_to_their_last_digit() {
        let cases: &[(&str, Option<(f64, usize)>)] = &[
            ("0x1az", Some((26.0, 4))),
            ("0X1F", Some((31.0, 4))),
            ("011Q", Some((9.0, 3))),
            ("027", Some((23.0, 3))),
            ("0x", Some((0.0, 0))),
            ("08", None),
            ("01.5", None),
            ("01e3", None),
            ("17", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(other_base(text.as_bytes()), *expected, "{text}");
        }
    }
}
