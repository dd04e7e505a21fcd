//! Bracket expressions: `[abc]`, `[^a-z]`, `[[:alpha:]]`, `[[.x.]]`, `[[=x=]]`.

use regex_syntax::hir::Hir;

use super::EreError;
use super::class::CharSet;
use super::parse::Parser;

const UNMATCHED: &str = "Unmatched [, [^, [:, [., or [=";
const RANGE_END: &str = "Invalid range end";
const COLLATION: &str = "Invalid collation character";

/// One member as it is written.
enum Element {
    /// A character, which may bound a range.
    Char(char),
    /// A class or an equivalence class, already added to the set; it cannot bound a range.
    Class,
}

impl Parser<'_> {
    /// Parses from behind the `[` at offset `open`.
    pub(super) fn bracket(&mut self, open: usize) -> Result<Hir, EreError> {
        let negated = self.eat(b'^');
        let mut set = CharSet::empty();
        let mut first = true;
        loop {
            let at = self.pos;
            match self.peek() {
                None => return Err(self.error(open, UNMATCHED)),
                Some(b']') if !first => {
                    self.pos += 1;
                    return Ok(set.into_hir(negated, &self.options));
                }
                // Past the first place a hyphen is itself only at the end: `[a-c-e]` is refused.
                // `---` is the range from a hyphen to a hyphen.
                Some(b'-')
                    if !first
                        && !matches!(
                            (self.peek_at(1), self.peek_at(2)),
                            (Some(b']') | None, _) | (Some(b'-'), Some(b'-'))
                        ) =>
                {
                    return Err(self.error(at, RANGE_END));
                }
                Some(_) => {}
            }
            first = false;
            let element = self.element(open, &mut set)?;
            let is_range = match (self.peek(), self.peek_at(1), self.peek_at(2)) {
                (Some(b'-'), Some(b']') | None, _) => false,
                (Some(b'-'), Some(b'-'), Some(b'-')) => false,
                (next, ..) => next == Some(b'-'),
            };
            match element {
                Element::Char(low) if is_range => {
                    self.pos += 1;
                    match self.element(open, &mut set)? {
                        Element::Char(high) if low <= high => set.add_range(low, high),
                        _ => return Err(self.error(at, RANGE_END)),
                    }
                }
                Element::Char(c) => set.add_range(c, c),
                Element::Class if is_range => return Err(self.error(at, RANGE_END)),
                Element::Class => {}
            }
        }
    }

    fn element(&mut self, open: usize, set: &mut CharSet) -> Result<Element, EreError> {
        match (self.peek(), self.peek_at(1)) {
            (None, _) => Err(self.error(open, UNMATCHED)),
            (Some(b'['), Some(kind @ (b':' | b'.' | b'='))) => self.named(kind, set),
            (Some(b'\\'), Some(_)) if self.options.awk_escapes => {
                self.pos += 1;
                Ok(Element::Char(self.escaped_char()))
            }
            (Some(_), _) => Ok(Element::Char(self.char())),
        }
    }

    /// Parses `[:name:]`, `[.x.]` or `[=x=]`.
    fn named(&mut self, kind: u8, set: &mut CharSet) -> Result<Element, EreError> {
        let open = self.pos;
        let start = open + 2;
        let Some(length) = self.rest_from(start).windows(2).position(|pair| pair == [kind, b']']) else {
            return Err(self.error(open, UNMATCHED));
        };
        if kind == b':' {
            let name = &self.rest_from(start)[..length];
            if !set.add_class(name, &self.options) {
                return Err(self.error(open, "Invalid character class name"));
            }
            self.pos = start + length + 2;
            return Ok(Element::Class);
        }
        // The C locales have no collating elements of several characters, and no character that is equivalent to another.
        self.pos = start;
        if length == 0 {
            return Err(self.error(open, COLLATION));
        }
        let c = self.char();
        if self.pos != start + length {
            return Err(self.error(open, COLLATION));
        }
        self.pos += 2;
        if kind == b'=' {
            set.add_range(c, c);
            return Ok(Element::Class);
        }
        Ok(Element::Char(c))
    }
}
