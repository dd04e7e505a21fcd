//! `printf`-style formatting, as awk's `printf` and `sprintf` have it and other languages can share.
//!
//! A format is parsed once into literal pieces and conversions whose argument numbers are settled, so that a cached [`Format`] renders
//! without looking at its text again. Arguments come through [`FormatArgs`], which keeps this module free of any value type. Where C
//! leaves a case open, gawk's behaviour is taken.

mod float;
mod integer;
mod parse;
#[cfg(test)]
mod tests;

use std::fmt;

pub use float::fmt_g;

use super::utf8;

/// The largest width or precision: what a program can ask for must not exhaust memory.
pub const WIDTH_MAX: usize = 1 << 26;

/// A numeric argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer, exact.
    Int(i64),
    /// A double.
    Float(f64),
}

/// The argument of `%c`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CharArg<'a> {
    /// A number: the code of the character.
    Code(f64),
    /// A text, of which the first character is taken.
    Text(&'a [u8]),
}

/// Supplies the arguments by their number, from 0. `None` means that there is no such argument, which ends the formatting with
/// [`FormatError::MissingArgument`]; a language that has a default for missing arguments gives that instead.
pub trait FormatArgs {
    /// The argument as a number, for the numeric conversions, `*` widths and precisions.
    fn number(&mut self, index: usize) -> Option<Number>;
    /// The argument as text, for `%s`.
    fn text(&mut self, index: usize) -> Option<&[u8]>;
    /// The argument for `%c`.
    fn char(&mut self, index: usize) -> Option<CharArg<'_>>;
    /// The decimal point.
    fn point(&self) -> u8 {
        b'.'
    }
}

/// Why a format was refused, with the byte offset in it of the conversion at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// The conversion, or a `*` in it, has no argument.
    MissingArgument {
        /// Where the conversion begins.
        offset: usize,
        /// The letter or `*` that the argument is missing for; of a numbered `*`, its `$`.
        at: usize,
    },
    /// `N$` asks for an argument that there is not.
    NoSuchPosition {
        /// Where the conversion begins.
        offset: usize,
        /// The number, from 1.
        position: usize,
    },
    /// `N$` stands on some conversions but not on all.
    MixedPositions {
        /// Where the conversion begins.
        offset: usize,
    },
    /// `0$`, or a position that no program can mean.
    BadPosition {
        /// Where the conversion begins.
        offset: usize,
    },
    /// A width or precision beyond [`WIDTH_MAX`].
    TooWide {
        /// Where the conversion begins.
        offset: usize,
    },
}

impl FormatError {
    /// The byte offset in the format of the conversion at fault.
    pub fn offset(&self) -> usize {
        match *self {
            FormatError::MissingArgument { offset, .. }
            | FormatError::NoSuchPosition { offset, .. }
            | FormatError::MixedPositions { offset }
            | FormatError::BadPosition { offset }
            | FormatError::TooWide { offset } => offset,
        }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FormatError::NoSuchPosition { position, .. } => {
                return write!(
                    f,
                    "argument index {position} greater than total number of supplied arguments"
                );
            }
            FormatError::MissingArgument { .. } => "not enough arguments to satisfy format string",
            FormatError::MixedPositions { .. } => "must use `count$' on all formats or none",
            FormatError::BadPosition { .. } => "argument index with `$' must be > 0",
            FormatError::TooWide { .. } => "width or precision is too large",
        })
    }
}

impl std::error::Error for FormatError {}

/// A parsed format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    segments: Vec<Segment>,
    oddities: Vec<Oddity>,
    /// How many arguments it takes in their order.
    arguments: usize,
}

/// What is doubtful about a format that is none the less taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// A letter that is no conversion; it stands for itself.
    UnknownConversion(u8),
    /// `%%` with a width or a precision, or both, which say nothing.
    IgnoredLayout {
        /// Whether there is a width.
        width: bool,
        /// Whether there is a precision.
        precision: bool,
    },
    /// A letter for the size of a number, as C has them, which says nothing.
    SizeLetter(u8),
    /// The last `%` converts nothing.
    Unfinished,
    /// More arguments were given than it takes.
    TooManyArguments,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Oddity::UnknownConversion(letter) => {
                let letter = char::from(*letter);
                return write!(
                    f,
                    "ignoring unknown format specifier character `{letter}': no argument converted"
                );
            }
            Oddity::SizeLetter(letter) => {
                return write!(f, "`{}' is meaningless in awk formats; ignored", char::from(*letter));
            }
            Oddity::IgnoredLayout { width: true, precision: true } => {
                "field width and precision are ignored for `%%' specifier"
            }
            Oddity::IgnoredLayout { width: true, .. } => "field width is ignored for `%%' specifier",
            Oddity::IgnoredLayout { .. } => "precision is ignored for `%%' specifier",
            Oddity::Unfinished => "[s]printf: format specifier does not have control letter",
            Oddity::TooManyArguments => "too many arguments supplied for format string",
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// Text to copy; of an unknown conversion, the conversion itself.
    Literal(Box<[u8]>),
    Conversion(Conversion),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Conversion {
    kind: Kind,
    flags: Flags,
    width: Count,
    precision: Count,
    /// Whose argument, from 0.
    argument: usize,
    /// Whether `N$` says which argument.
    is_numbered: bool,
    /// Where the conversion begins in the format.
    offset: usize,
    /// Where its letter is.
    end: usize,
}

/// The conversions; the letters of a kind differ only in case or base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `d` and `i`.
    Decimal,
    /// `u`, `o`, `x`, `X`.
    Unsigned(Base),
    /// `f` and `F`, `e` and `E`, `g` and `G`, `a` and `A`.
    Float(Notation),
    /// `c`.
    Char,
    /// `s`.
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Ten,
    Eight,
    Sixteen { upper: bool },
}

/// How a double is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Notation {
    style: Style,
    upper: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Fixed,
    Exponent,
    General,
    Hex,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Flags {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
}

/// A width or precision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Count {
    #[default]
    Absent,
    Fixed(usize),
    /// `*`: an argument.
    Argument(Star),
}

/// A `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Star {
    /// The number of the argument, from 0.
    argument: usize,
    /// Where it ends in the format.
    at: usize,
}

/// A conversion's flags, width and precision once `*` is looked up.
#[derive(Clone, Copy)]
struct Layout {
    flags: Flags,
    width: usize,
    precision: Option<usize>,
}

impl Format {
    /// Renders the format with these arguments at the end of `out`. With `utf8` set, widths and precisions of text count characters and
    /// `%c` makes UTF-8; otherwise a character is a byte. On an error `out` has what came before the conversion at fault.
    ///
    /// # Errors
    /// An argument is missing, or a width or precision given by an argument is too large.
    pub fn render(
        &self,
        out: &mut Vec<u8>,
        args: &mut dyn FormatArgs,
        utf8: bool,
    ) -> Result<(), FormatError> {
        for segment in &self.segments {
            match segment {
                Segment::Literal(text) => out.extend_from_slice(text),
                Segment::Conversion(conversion)
                    if conversion.is_plain_text()
                        && let Some(text) = args.text(conversion.argument) =>
                {
                    out.extend_from_slice(text);
                }
                Segment::Conversion(conversion) => conversion.render(out, args, utf8)?,
            }
        }
        Ok(())
    }

    /// What is doubtful about the format with that many arguments, in the order of the format.
    pub fn oddities(&self, arguments: usize) -> impl Iterator<Item = Oddity> {
        let has_more = self.arguments < arguments;
        self.oddities.iter().copied().chain(has_more.then_some(Oddity::TooManyArguments))
    }

    /// The first letter for the size of a number, which POSIX does not allow.
    pub(crate) fn size_letter(&self) -> Option<char> {
        self.oddities.iter().find_map(|oddity| match oddity {
            Oddity::SizeLetter(letter) => Some(char::from(*letter)),
            _ => None,
        })
    }

    /// The format if it has no conversions: the text that it always renders to.
    pub fn is_literal(&self) -> Option<&[u8]> {
        match &self.segments[..] {
            [] => Some(b""),
            [Segment::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

/// Writes a number as awk turns it into a string: an integer value as an integer, any other through `format` (CONVFMT or OFMT).
///
/// # Errors
/// The format asks for more than one argument, or for an absurd width.
pub fn awk_number(out: &mut Vec<u8>, value: f64, format: &Format) -> Result<(), FormatError> {
    if value.fract() == 0.0 || !value.is_finite() {
        integer::write_decimal(out, Number::Float(value), &Layout::PLAIN);
        return Ok(());
    }
    format.render(out, &mut Single(value), false)
}

/// One number as the only argument.
struct Single(f64);

impl FormatArgs for Single {
    fn number(&mut self, index: usize) -> Option<Number> {
        (index == 0).then_some(Number::Float(self.0))
    }

    fn text(&mut self, index: usize) -> Option<&[u8]> {
        // A number as text would need the very format that is asked for it.
        (index == 0).then_some(b"")
    }

    fn char(&mut self, index: usize) -> Option<CharArg<'_>> {
        (index == 0).then_some(CharArg::Code(self.0))
    }
}

impl Conversion {
    /// Whether it puts a text in as it is.
    fn is_plain_text(&self) -> bool {
        matches!((self.kind, self.width, self.precision), (Kind::Text, Count::Absent, Count::Absent))
    }

    fn render(&self, out: &mut Vec<u8>, args: &mut dyn FormatArgs, utf8: bool) -> Result<(), FormatError> {
        let layout = self.layout(args)?;
        let missing = if self.is_numbered {
            FormatError::NoSuchPosition { offset: self.offset, position: self.argument.saturating_add(1) }
        } else {
            FormatError::MissingArgument { offset: self.offset, at: self.end }
        };
        match self.kind {
            Kind::Text => {
                let text = args.text(self.argument).ok_or(missing)?;
                let text = layout.precision.map_or(text, |limit| &text[..prefix_length(text, limit, utf8)]);
                write_text(out, text, &layout, utf8);
            }
            Kind::Char => match args.char(self.argument).ok_or(missing)? {
                CharArg::Code(code) => {
                    let (buffer, length) = encode(code, utf8);
                    write_text(out, &buffer[..length], &layout, utf8);
                }
                // C's end of string, which gawk takes for the first character of an empty one.
                CharArg::Text(b"") => write_text(out, b"\0", &layout, utf8),
                CharArg::Text(text) => write_text(out, &text[..prefix_length(text, 1, utf8)], &layout, utf8),
            },
            Kind::Decimal => integer::write_decimal(out, args.number(self.argument).ok_or(missing)?, &layout),
            Kind::Unsigned(base) => {
                integer::write_unsigned(out, args.number(self.argument).ok_or(missing)?, base, &layout);
            }
            Kind::Float(notation) => {
                let value = match args.number(self.argument).ok_or(missing)? {
                    Number::Int(int) => int as f64,
                    Number::Float(float) => float,
                };
                let start = out.len();
                float::write(out, value, notation, &layout);
                if args.point() != b'.' {
                    set_point(&mut out[start..], args.point());
                }
            }
        }
        Ok(())
    }

    fn layout(&self, args: &mut dyn FormatArgs) -> Result<Layout, FormatError> {
        let mut layout = Layout { flags: self.flags, width: 0, precision: None };
        match self.width {
            Count::Absent => {}
            Count::Fixed(width) => layout.width = width,
            Count::Argument(star) => {
                let width = self.count_argument(args, star)?;
                layout.flags.left |= width < 0;
                layout.width = width.unsigned_abs() as usize;
            }
        }
        match self.precision {
            Count::Absent => {}
            Count::Fixed(precision) => layout.precision = Some(precision),
            // A negative precision is none.
            Count::Argument(star) => {
                layout.precision = usize::try_from(self.count_argument(args, star)?).ok()
            }
        }
        Ok(layout)
    }

    /// The value of a `*`, at most `WIDTH_MAX` either way.
    fn count_argument(&self, args: &mut dyn FormatArgs, star: Star) -> Result<i64, FormatError> {
        let offset = self.offset;
        let missing = FormatError::MissingArgument { offset, at: star.at };
        let count = match args.number(star.argument).ok_or(missing)? {
            Number::Int(int) => int,
            Number::Float(float) => float as i64,
        };
        if count.unsigned_abs() > WIDTH_MAX as u64 { Err(FormatError::TooWide { offset }) } else { Ok(count) }
    }
}

/// Gives a number that was written with a period another decimal point.
#[cold]
pub(crate) fn set_point(number: &mut [u8], point: u8) {
    if let Some(period) = number.iter_mut().find(|byte| **byte == b'.') {
        *period = point;
    }
}

impl Layout {
    /// No flags, no width, no precision.
    const PLAIN: Layout = Layout {
        flags: Flags { left: false, plus: false, space: false, alternate: false, zero: false },
        width: 0,
        precision: None,
    };

    /// The sign of a signed conversion.
    fn sign(&self, negative: bool) -> &'static [u8] {
        match (negative, self.flags.plus, self.flags.space) {
            (true, ..) => b"-",
            (_, true, _) => b"+",
            (.., true) => b" ",
            _ => b"",
        }
    }

    /// Widens what was written from `start` on, `length` characters, to the width. With `zero_from` the filling is zeros at that place.
    fn pad(&self, out: &mut Vec<u8>, start: usize, length: usize, zero_from: Option<usize>) {
        let missing = self.width.saturating_sub(length);
        if missing == 0 {
            return;
        }
        let end = out.len();
        out.resize(end + missing, b' ');
        if self.flags.left {
            return;
        }
        let (at, fill) = zero_from.map_or((start, b' '), |at| (at, b'0'));
        out.copy_within(at..end, at + missing);
        out[at..at + missing].fill(fill);
    }
}

fn write_text(out: &mut Vec<u8>, text: &[u8], layout: &Layout, utf8: bool) {
    let start = out.len();
    out.extend_from_slice(text);
    if layout.width > 0 {
        let length = if utf8 { utf8::char_count(text) } else { text.len() };
        layout.pad(out, start, length, None);
    }
}

/// The length in bytes of the first `limit` characters.
fn prefix_length(text: &[u8], limit: usize, utf8: bool) -> usize {
    if utf8 { utf8::byte_offset(text, limit) } else { text.len().min(limit) }
}

/// The character with that code: UTF-8 where it can be, else the code's low byte.
fn encode(code: f64, utf8: bool) -> ([u8; 4], usize) {
    let mut buffer = [0; 4];
    // What is no integer of 64 bits counts as 0, as on the machines that gawk runs on.
    let code = if code.abs() < i64::MAX as f64 { code as i64 } else { 0 };
    if utf8 && let Some(c) = u32::try_from(code).ok().and_then(char::from_u32) {
        let length = c.encode_utf8(&mut buffer).len();
        return (buffer, length);
    }
    buffer[0] = code as u8;
    (buffer, 1)
}
