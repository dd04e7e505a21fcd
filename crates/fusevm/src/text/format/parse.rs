//! The syntax of formats: `%`, then in any order that gawk accepts flags, `N$`, width, precision and a length letter, then the conversion.

use super::{
    Base, Conversion, Count, Flags, Format, FormatError, Kind, Notation, Oddity, Segment, Star, Style,
    WIDTH_MAX,
};

/// Conversions by their letter.
const fn kind(letter: u8) -> Option<Kind> {
    const fn float(style: Style, upper: bool) -> Option<Kind> {
        Some(Kind::Float(Notation { style, upper }))
    }
    match letter {
        b'd' | b'i' => Some(Kind::Decimal),
        b'u' => Some(Kind::Unsigned(Base::Ten)),
        b'o' => Some(Kind::Unsigned(Base::Eight)),
        b'x' | b'X' => Some(Kind::Unsigned(Base::Sixteen { upper: letter == b'X' })),
        b'f' | b'F' => float(Style::Fixed, letter == b'F'),
        b'e' | b'E' => float(Style::Exponent, letter == b'E'),
        b'g' | b'G' => float(Style::General, letter == b'G'),
        b'a' | b'A' => float(Style::Hex, letter == b'A'),
        b'c' => Some(Kind::Char),
        b's' => Some(Kind::Text),
        _ => None,
    }
}

impl Format {
    /// Parses a format. Anything that is no conversion (`%z`, an unfinished `%5`) stands for itself, as in gawk.
    ///
    /// # Errors
    /// `N$` on some conversions only, `0$`, or a width or precision beyond [`WIDTH_MAX`].
    pub fn parse(text: &[u8]) -> Result<Format, FormatError> {
        let mut parser =
            Parser { text, pos: 0, next_argument: 0, positional: None, oddities: Vec::new(), is_open: false };
        let mut segments = Vec::new();
        let mut literal = Vec::new();
        while let Some(length) = memchr::memchr(b'%', &text[parser.pos..]) {
            literal.extend_from_slice(&text[parser.pos..parser.pos + length]);
            let start = parser.pos + length;
            parser.pos = start + 1;
            let parsed = parser.conversion(start)?;
            parser.is_open = matches!(parsed, Parsed::Unknown);
            match parsed {
                Parsed::Percent => literal.push(b'%'),
                Parsed::Unknown => literal.extend_from_slice(&text[start..parser.pos]),
                Parsed::Conversion(conversion) => {
                    if !literal.is_empty() {
                        segments.push(Segment::Literal(std::mem::take(&mut literal).into()));
                    }
                    segments.push(Segment::Conversion(conversion));
                }
            }
        }
        literal.extend_from_slice(&text[parser.pos..]);
        if !literal.is_empty() {
            segments.push(Segment::Literal(literal.into()));
        }
        let Parser { mut oddities, next_argument, is_open, .. } = parser;
        oddities.extend(is_open.then_some(Oddity::Unfinished));
        Ok(Format { segments, oddities, arguments: next_argument })
    }
}

enum Parsed {
    /// `%%`, also with flags and widths, which say nothing.
    Percent,
    /// Not a conversion: it stands for itself.
    Unknown,
    Conversion(Conversion),
}

struct Parser<'t> {
    text: &'t [u8],
    pos: usize,
    next_argument: usize,
    /// Whether the arguments are numbered, once that is known.
    positional: Option<bool>,
    oddities: Vec<Oddity>,
    /// Whether the `%` read last converted nothing.
    is_open: bool,
}

impl Parser<'_> {
    /// Parses from behind the `%` at `start`.
    fn conversion(&mut self, start: usize) -> Result<Parsed, FormatError> {
        let mut flags = Flags::default();
        let (mut width, mut precision) = (Count::Absent, Count::Absent);
        let mut position = None;
        let mut in_precision = false;
        let mut has_length = false;
        while let Some(&letter) = self.text.get(self.pos) {
            self.pos += 1;
            match letter {
                b'%' => {
                    let (width, precision) = (width != Count::Absent, precision != Count::Absent);
                    if width || precision {
                        self.oddities.push(Oddity::IgnoredLayout { width, precision });
                    }
                    return Ok(Parsed::Percent);
                }
                b'-' => flags.left = true,
                b'+' => flags.plus = true,
                b' ' => flags.space = true,
                b'#' => flags.alternate = true,
                // The C locales do not group digits.
                b'\'' => {}
                b'0' if !in_precision && width == Count::Absent && self.peek() != Some(b'$') => {
                    flags.zero = true
                }
                b'0'..=b'9' => {
                    self.pos -= 1;
                    let number = self.number();
                    if self.peek() == Some(b'$') {
                        self.pos += 1;
                        position = Some(self.positional(number, start)?);
                    } else if number > WIDTH_MAX {
                        return Err(FormatError::TooWide { offset: start });
                    } else if in_precision {
                        precision = Count::Fixed(number);
                    } else {
                        width = Count::Fixed(number);
                    }
                }
                b'*' => {
                    let count = Count::Argument(self.star(start)?);
                    *(if in_precision { &mut precision } else { &mut width }) = count;
                }
                b'.' if !in_precision => {
                    in_precision = true;
                    precision = Count::Fixed(0);
                }
                // Length letters mean nothing here; gawk accepts one, not two.
                b'h' | b'l' | b'L' | b'j' | b'z' | b't' if !has_length => {
                    has_length = true;
                    self.oddities.push(Oddity::SizeLetter(letter));
                }
                _ => {
                    let Some(kind) = kind(letter) else {
                        if letter.is_ascii_alphabetic() {
                            self.oddities.push(Oddity::UnknownConversion(letter));
                        }
                        return Ok(Parsed::Unknown);
                    };
                    let argument = match position {
                        Some(argument) => argument,
                        None => self.sequential(start)?,
                    };
                    return Ok(Parsed::Conversion(Conversion {
                        kind,
                        flags,
                        width,
                        precision,
                        argument,
                        is_numbered: position.is_some(),
                        offset: start,
                        end: self.pos - 1,
                    }));
                }
            }
        }
        Ok(Parsed::Unknown)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.pos).copied()
    }

    /// The decimal number here, 0 without digits, saturating.
    fn number(&mut self) -> usize {
        let mut number = 0usize;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            number = number.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
            self.pos += 1;
        }
        number
    }

    /// The argument of a `*`: `*N$`, or the next one.
    fn star(&mut self, start: usize) -> Result<Star, FormatError> {
        let begin = self.pos;
        let number = self.number();
        let argument = if self.pos > begin && self.peek() == Some(b'$') {
            self.pos += 1;
            self.positional(number, start)?
        } else {
            self.pos = begin;
            self.sequential(start)?
        };
        Ok(Star { argument, at: self.pos - 1 })
    }

    fn positional(&mut self, number: usize, offset: usize) -> Result<usize, FormatError> {
        if *self.positional.get_or_insert(true) {
            number.checked_sub(1).ok_or(FormatError::BadPosition { offset })
        } else {
            Err(FormatError::MixedPositions { offset })
        }
    }

    fn sequential(&mut self, offset: usize) -> Result<usize, FormatError> {
        if *self.positional.get_or_insert(false) {
            return Err(FormatError::MixedPositions { offset });
        }
        self.next_argument += 1;
        Ok(self.next_argument - 1)
    }
}
