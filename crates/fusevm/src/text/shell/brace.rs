//! Brace expansion: `{a,b}`, `{1..10..2}`, `{a..e}`.
//!
//! It comes before every other expansion and works on the text as the program wrote it: quotes,
//! escapes, `${...}`, `$(...)` and `` `...` `` are passed over and kept. Braces that form neither
//! a list nor a sequence are ordinary text, though what is inside them may still expand. Where
//! bash and zsh differ (steps against the direction of a sequence, letters with a step), this is
//! bash.

use std::fmt;

/// Why a word was not expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BraceError {
    /// The words together would take more than this many bytes.
    TooLarge {
        /// The limit that was given.
        limit: usize,
    },
    /// Braces are nested deeper than [`MAX_NESTING`].
    TooDeep,
}

impl fmt::Display for BraceError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            BraceError::TooLarge { limit } => write!(f, "brace expansion needs more than {limit} bytes"),
            BraceError::TooDeep => write!(f, "braces are nested more than {MAX_NESTING} deep"),
        }
    }
}

impl std::error::Error for BraceError {}

/// How deep braces may nest.
pub const MAX_NESTING: usize = 200;

/// What a word costs beside its text.
const WORD_OVERHEAD: usize = size_of::<Vec<u8>>();

/// Expands the braces of `word` into words, in order; a word without any gives itself.
///
/// `limit` bounds the memory of the result in bytes.
///
/// # Errors
/// When the result would be larger than `limit`, before it is built, or braces nest too deep.
///
/// ```
/// use fusevm::text::shell::brace::expand;
/// assert_eq!(expand(b"a{b,{1..3}}", 1000).unwrap(), [b"ab", b"a1", b"a2", b"a3"]);
/// ```
pub fn expand(word: &[u8], limit: usize) -> Result<Vec<Vec<u8>>, BraceError> {
    let marks = Marks::scan(word);
    Expander { word, marks: &marks, limit }.words(0..word.len(), 0)
}

/// Where the braces that pair up are, and what they hold.
struct Marks {
    /// The pairs by opening brace, in order.
    pairs: Vec<Pair>,
}

struct Pair {
    open: usize,
    close: usize,
    /// The commas directly inside.
    commas: Vec<usize>,
}

impl Marks {
    /// Finds all pairs in one pass.
    fn scan(word: &[u8]) -> Self {
        let mut pairs = Vec::new();
        let mut pending: Vec<Pair> = Vec::new();
        let mut i = 0;
        while i < word.len() {
            if let Some(end) = protected(word, i) {
                i = end;
                continue;
            }
            match word[i] {
                b'{' => pending.push(Pair { open: i, close: i, commas: Vec::new() }),
                b',' => {
                    if let Some(pair) = pending.last_mut() {
                        pair.commas.push(i);
                    }
                }
                b'}' => {
                    if let Some(mut pair) = pending.pop() {
                        pair.close = i;
                        pairs.push(pair);
                    }
                }
                _ => {}
            }
            i += 1;
        }
        pairs.sort_unstable_by_key(|pair| pair.open);
        Marks { pairs }
    }

    /// The first pair that opens inside `range`.
    fn first_in(&self, range: &std::ops::Range<usize>) -> Option<&Pair> {
        let index = self.pairs.partition_point(|pair| pair.open < range.start);
        self.pairs.get(index).filter(|pair| pair.open < range.end)
    }
}

/// The end of the text at `start` that braces do not see into, if such a text starts there.
///
/// What is not closed protects the rest of the word.
fn protected(word: &[u8], start: usize) -> Option<usize> {
    let rest = &word[start..];
    let end = match rest {
        [b'\\', ..] => 2,
        [b'\'', ..] => rest[1..].iter().position(|&byte| byte == b'\'').map_or(rest.len(), |i| i + 2),
        [quote @ (b'"' | b'`'), ..] => closed_by(rest, 1, None, *quote),
        [b'$', b'{', ..] => closed_by(rest, 2, Some(b'{'), b'}'),
        [b'$', b'(', ..] => closed_by(rest, 2, Some(b'('), b')'),
        _ => return None,
    };
    Some(start + end.min(rest.len()))
}

/// The index after the unescaped `close` that ends what began before `from`; each `open` needs a
/// `close` of its own.
fn closed_by(text: &[u8], from: usize, open: Option<u8>, close: u8) -> usize {
    let mut depth = 1;
    let mut i = from;
    while i < text.len() {
        match text[i] {
            b'\\' => i += 1,
            byte if byte == close => depth -= 1,
            byte if Some(byte) == open => depth += 1,
            _ => {}
        }
        i += 1;
        if depth == 0 {
            return i;
        }
    }
    text.len()
}

struct Expander<'w> {
    word: &'w [u8],
    marks: &'w Marks,
    limit: usize,
}

impl Expander<'_> {
    /// The words that the text in `range` stands for.
    fn words(&self, range: std::ops::Range<usize>, depth: usize) -> Result<Vec<Vec<u8>>, BraceError> {
        if depth > MAX_NESTING {
            return Err(BraceError::TooDeep);
        }
        let mut product = Product { words: vec![Vec::new()], limit: self.limit };
        let mut position = range.start;
        while let Some(pair) = self.marks.first_in(&(position..range.end)) {
            product.append(&self.word[position..pair.open])?;
            let inside = pair.open + 1..pair.close;
            if !pair.commas.is_empty() {
                product.multiply(&self.list(pair, depth)?)?;
            } else if let Some(sequence) = Sequence::parse(&self.word[inside.clone()]) {
                product.multiply(&sequence.words(self.limit)?)?;
            } else {
                product.append(b"{")?;
                product.multiply(&self.words(inside, depth + 1)?)?;
                product.append(b"}")?;
            }
            position = pair.close + 1;
        }
        product.append(&self.word[position..range.end])?;
        Ok(product.words)
    }

    /// The words of all members of a list.
    fn list(&self, pair: &Pair, depth: usize) -> Result<Vec<Vec<u8>>, BraceError> {
        let mut words = Vec::new();
        let mut start = pair.open + 1;
        for end in pair.commas.iter().copied().chain([pair.close]) {
            words.extend(self.words(start..end, depth + 1)?);
            start = end + 1;
        }
        check(self.limit, Some(cost(&words)))?;
        Ok(words)
    }
}

/// The words so far, from left to right.
struct Product {
    words: Vec<Vec<u8>>,
    limit: usize,
}

impl Product {
    /// Appends `text` to every word.
    fn append(&mut self, text: &[u8]) -> Result<(), BraceError> {
        let growth = text.len().checked_mul(self.words.len());
        check(self.limit, growth.and_then(|growth| growth.checked_add(cost(&self.words))))?;
        for word in &mut self.words {
            word.extend_from_slice(text);
        }
        Ok(())
    }

    /// Continues every word with each of `endings`.
    fn multiply(&mut self, endings: &[Vec<u8>]) -> Result<(), BraceError> {
        let [heads, tails] = [&self.words, endings].map(|words| words.iter().map(Vec::len).sum::<usize>());
        let heads = heads.checked_mul(endings.len());
        let tails = tails.checked_mul(self.words.len());
        let overhead =
            self.words.len().checked_mul(endings.len()).and_then(|count| count.checked_mul(WORD_OVERHEAD));
        let total = heads.zip(tails).zip(overhead);
        check(
            self.limit,
            total.and_then(|((heads, tails), overhead)| heads.checked_add(tails)?.checked_add(overhead)),
        )?;
        self.words = self
            .words
            .iter()
            .flat_map(|head| endings.iter().map(move |tail| [&head[..], tail].concat()))
            .collect();
        Ok(())
    }
}

/// The memory that `words` take.
fn cost(words: &[Vec<u8>]) -> usize {
    words.iter().map(|word| word.len() + WORD_OVERHEAD).sum()
}

/// Refuses a size over the limit, or one too large to be a number.
fn check(limit: usize, size: Option<usize>) -> Result<(), BraceError> {
    match size {
        Some(size) if size <= limit => Ok(()),
        _ => Err(BraceError::TooLarge { limit }),
    }
}

/// `first..last` or `first..last..step`.
struct Sequence {
    first: i64,
    last: i64,
    /// The distance between two members.
    step: u64,
    form: Form,
}

/// How the members of a sequence are written.
enum Form {
    Letter,
    /// Padded with zeros to this width, the sign included.
    Number {
        width: usize,
    },
}

impl Sequence {
    /// Parses what stands between the braces.
    fn parse(text: &[u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?;
        let mut parts = text.split("..");
        let (first, last) = (parts.next()?, parts.next()?);
        let step = match parts.next() {
            Some(step) => integer(step)?.unsigned_abs().max(1),
            None => 1,
        };
        if parts.next().is_some() {
            return None;
        }
        if let (Some(first), Some(last)) = (letter(first), letter(last)) {
            return Some(Sequence { first, last, step, form: Form::Letter });
        }
        let width = if is_padded(first) || is_padded(last) { first.len().max(last.len()) } else { 0 };
        Some(Sequence { first: integer(first)?, last: integer(last)?, step, form: Form::Number { width } })
    }

    fn words(&self, limit: usize) -> Result<Vec<Vec<u8>>, BraceError> {
        let more = usize::try_from(self.first.abs_diff(self.last) / self.step).ok();
        let widest = match self.form {
            Form::Letter => 1,
            Form::Number { width } => width.max(1),
        };
        let count = more.and_then(|more| more.checked_add(1));
        check(limit, count.and_then(|count| count.checked_mul(widest + WORD_OVERHEAD)))?;
        let members = (0..=more.unwrap_or(0) as u64).map(|index| {
            // The distance to a member never exceeds the one to the last, so this cannot wrap.
            let distance = index * self.step;
            if self.first <= self.last {
                self.first.wrapping_add_unsigned(distance)
            } else {
                self.first.wrapping_sub_unsigned(distance)
            }
        });
        Ok(members.map(|member| self.form.write(member)).collect())
    }
}

impl Form {
    fn write(&self, member: i64) -> Vec<u8> {
        match *self {
            Form::Letter => vec![member as u8],
            Form::Number { width } => format!("{member:0width$}").into_bytes(),
        }
    }
}

/// The code of a text that is one ASCII letter.
fn letter(text: &str) -> Option<i64> {
    match text.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some(i64::from(*letter)),
        _ => None,
    }
}

fn integer(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Whether a number begins with a zero that asks for padding.
fn is_padded(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.len() > 1 && digits.starts_with('0')
}

#[cfg(test)]
mod tests;
