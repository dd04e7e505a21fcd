//! What an awk program's run consists of besides its variables: the record, the special variables, and what
//! was compiled from dynamic regular expressions and formats.

use super::ahead::LinesAhead;
use super::caches::{Cache, Needles, format_fault, parse_format};
use super::characters::Characters;
use super::columns::Header;
use super::operands::{Operand, Operands};
use super::pattern::{self, Foresight, Pattern};
use super::random::Random;
use super::selecting::Questions;
use super::separator::parse_widths;
use super::splice::Splice;
use super::substitution::Piece;
use super::{Destination, FieldSpan, OutputMode, Record, Separator, Special};
use crate::error::{ErrorKind, Fault, OpResult, VMError};
use crate::interp::ops::awk::compare::truthy;
use crate::text::ere::{self, Ere};
use crate::text::format::{self, Format, Oddity};
use crate::value::number::{self, NumBuf};
use crate::value::{ByteStr, Notation, SEPARATOR, Value};

/// What parts the records of the input, from RS.
#[derive(Debug, Default)]
pub enum RecordSeparator {
    /// A newline.
    #[default]
    Newline,
    /// Another single byte.
    Byte(u8),
    /// Empty lines.
    Paragraph,
    /// What a regular expression matches.
    Regex(Box<Ere>),
}

impl RecordSeparator {
    /// The byte that ends a record, where it is one alone.
    #[inline(always)]
    pub fn byte(&self) -> Option<u8> {
        match self {
            RecordSeparator::Newline => Some(b'\n'),
            RecordSeparator::Byte(byte) => Some(*byte),
            RecordSeparator::Paragraph | RecordSeparator::Regex(_) => None,
        }
    }
}

/// The awks that a program may be written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AwkDialect {
    /// POSIX awk and what gawk adds to it.
    #[default]
    Gawk,
    /// The awk of POSIX.
    Posix,
    /// The awk of Unix, which has no regular expressions as RS, and no GNU operators.
    Traditional,
}

/// What says where the fields of a record are: the variable that was assigned last.
#[derive(Clone, Copy, Debug)]
enum SplitsBy {
    /// FS
    Separator,
    /// FPAT
    Pattern,
    /// FIELDWIDTHS
    Widths,
}

/// How numbers that are not integers become strings: CONVFMT or OFMT.
#[derive(Debug)]
pub(crate) struct NumberFormat {
    text: ByteStr,
    parsed: Format,
}

impl NumberFormat {
    fn new(text: ByteStr) -> OpResult<NumberFormat> {
        let parsed = parse_format(&text)?;
        Ok(NumberFormat { text, parsed })
    }

    /// Appends a number's string form.
    #[inline]
    pub fn append(&self, number: f64, out: &mut Vec<u8>) -> OpResult<()> {
        if let Some(n) = number::exact_int(number) {
            out.extend_from_slice(number::format_int(n, &mut NumBuf::new()));
            return Ok(());
        }
        let start = out.len();
        format::awk_number(out, number, &self.parsed).map_err(|error| format_fault(&self.text, &error))?;
        if !Notation::is_plain() {
            format::set_point(&mut out[start..], Notation::current().point);
        }
        Ok(())
    }

    /// Appends a value's string form.
    #[inline]
    pub fn append_value(&self, value: &Value, out: &mut Vec<u8>) -> OpResult<()> {
        match value {
            Value::Str(text) => text.append_to(out),
            Value::Float(number) => self.append(*number, out)?,
            _ => match as_number(value) {
                Some(number) => self.append(number, out)?,
                None => value.append_to(out),
            },
        }
        Ok(())
    }

    /// The string form of a value; `scratch` is for making it in.
    pub fn string_of(&self, value: &Value, scratch: &mut Vec<u8>) -> OpResult<ByteStr> {
        let Some(number) = as_number(value) else { return Ok(value.try_to_byte_str()?) };
        scratch.clear();
        self.append(number, scratch)?;
        Ok(ByteStr::new(scratch))
    }
}

/// A number of records, which counts on from whatever the program assigns.
#[derive(Debug, Default)]
pub(super) struct Counter {
    number: f64,
    /// What was assigned, when it was not a number, and the number that it stands for until the next record.
    assigned: Option<(Value, f64)>,
}

impl Counter {
    /// Counts so many records.
    #[inline(always)]
    pub fn add(&mut self, records: f64) {
        self.number += records;
    }

    fn assigned(value: Value) -> Counter {
        let number = to_number(&value);
        Counter { number, assigned: as_number(&value).is_none().then_some((value, number)) }
    }

    fn get(&self) -> Value {
        match &self.assigned {
            Some((value, number)) if *number == self.number => value.clone(),
            _ => Value::Float(self.number),
        }
    }

    /// The number, where nothing was assigned that is none.
    #[inline]
    fn plain(&self) -> Option<f64> {
        self.assigned.is_none().then_some(self.number)
    }
}

/// The awk state of a VM: the current record, special variables and caches.
#[derive(Debug)]
pub struct AwkState {
    /// The current record.
    pub record: Record,
    /// A line that was read for a variable.
    pub(crate) line: Vec<u8>,
    /// The output that the next print goes to instead of the sink.
    pub(crate) output: Option<(OutputMode, ByteStr)>,
    /// The statement that wrote last to a file or command.
    pub(crate) printing: &'static str,
    pub(crate) random: Random,
    /// Numbers of records, in the whole input and in the present file.
    pub(super) nr: Counter,
    pub(super) fnr: Counter,
    fs: Value,
    rs: Value,
    ofs: Value,
    ors: Value,
    subsep: Value,
    /// Whether it is what is between the integers of a [`Pair`](crate::value::Pair).
    joins_pairs: bool,
    filename: Value,
    errno: Value,
    /// The names of the fields, when the input has a header.
    pub(super) header: Option<Header>,
    rstart: Value,
    rlength: Value,
    ors_text: ByteStr,
    record_separator: RecordSeparator,
    /// The text that ended the record that was read last.
    rt: ByteStr,
    tracks_terminators: bool,
    fpat: Value,
    fieldwidths: Value,
    ignorecase: Value,
    /// Which variable says where the fields are.
    splits_by: SplitsBy,
    pub(crate) convfmt: NumberFormat,
    ofmt: NumberFormat,
    pub(super) dialect: AwkDialect,
    /// What regular expressions mean: the characters, and whether letter case counts.
    pub(super) syntax: ere::Options,
    /// How numbers are written in texts.
    notation: Notation,
    pub(super) regexes: Cache<Pattern>,
    pub(super) formats: Cache<Format>,
    /// What loops over records ask of them.
    pub(super) questions: Questions,
    /// What `index` looks for.
    pub(crate) needles: Needles,
    /// Where the characters of long texts lie.
    pub(crate) characters: Characters,
    /// Whether errors that are caught are kept, and the last one that was.
    pub(crate) keeps_caught: bool,
    pub(crate) caught: Option<VMError>,
    /// Whether people were told that a text is not in the encoding of the locale.
    pub(crate) warned_of_encoding: bool,
    /// Room for the places of pieces that a string is split into.
    pub(crate) pieces: Vec<FieldSpan>,
    /// Room for texts that are made and then copied.
    pub(crate) scratch: Vec<u8>,
    /// The text that a substitution gave.
    pub(crate) spliced: Splice,
    /// Room for the pieces of its replacement.
    pub(super) pieces_of_replacement: Vec<Piece>,
}

impl Default for AwkState {
    fn default() -> AwkState {
        let number_format = || {
            let text = ByteStr::new(b"%.6g");
            NumberFormat::new(text).expect("the default format is well-formed")
        };
        let mut record = Record::default();
        record.set_output_separator(ByteStr::new(b" "));
        AwkState {
            record,
            line: Vec::new(),
            printing: "print",
            output: None,
            random: Random::default(),
            nr: Counter::default(),
            fnr: Counter::default(),
            fs: Value::str(" "),
            rs: Value::str("\n"),
            ofs: Value::str(" "),
            ors: Value::str("\n"),
            subsep: Value::Str(ByteStr::new(&[SEPARATOR])),
            joins_pairs: true,
            filename: Value::Undef,
            errno: Value::Undef,
            header: None,
            rstart: Value::Float(0.0),
            rlength: Value::Float(0.0),
            ors_text: ByteStr::new(b"\n"),
            record_separator: RecordSeparator::default(),
            rt: ByteStr::EMPTY,
            tracks_terminators: false,
            fpat: Value::str("[^[:space:]]+"),
            fieldwidths: Value::str(""),
            ignorecase: Value::Float(0.0),
            splits_by: SplitsBy::Separator,
            notation: Notation::default(),
            convfmt: number_format(),
            ofmt: number_format(),
            dialect: AwkDialect::Gawk,
            syntax: ere::Options::AWK,
            regexes: Cache::default(),
            formats: Cache::default(),
            questions: Questions::default(),
            needles: Needles::default(),
            characters: Characters::default(),
            keeps_caught: false,
            caught: None,
            warned_of_encoding: false,
            pieces: Vec::new(),
            scratch: Vec::new(),
            spliced: Splice::default(),
            pieces_of_replacement: Vec::new(),
        }
    }
}

impl AwkState {
    /// Whether characters are UTF-8 sequences rather than bytes.
    #[inline]
    pub fn is_utf8(&self) -> bool {
        self.syntax.utf8
    }

    /// Says how numbers are written in the texts of the runs to come.
    pub fn set_notation(&mut self, notation: Notation) {
        self.notation = notation;
    }

    pub(crate) fn notation(&self) -> Notation {
        self.notation
    }

    /// Chooses between UTF-8 and bytes as characters; before the program starts.
    pub fn set_utf8(&mut self, utf8: bool) {
        self.syntax.utf8 = utf8;
    }

    /// Chooses the awk that regular expressions, RS and the replacements of `sub` follow; before the program starts.
    pub fn set_dialect(&mut self, dialect: AwkDialect) {
        self.dialect = dialect;
        self.syntax.gnu_operators = dialect == AwkDialect::Gawk;
        self.syntax.literal_escapes = dialect == AwkDialect::Traditional;
    }

    /// Whether the program runs by the letter of POSIX.
    pub(crate) fn is_posix(&self) -> bool {
        self.dialect == AwkDialect::Posix
    }

    /// Whether letter case is ignored in comparisons and regular expressions: IGNORECASE.
    #[inline]
    pub(crate) fn ignores_case(&self) -> bool {
        self.syntax.case_insensitive
    }

    /// Whether somebody wants to know what ended each record, in RT.
    #[inline]
    pub fn tracks_terminators(&self) -> bool {
        self.tracks_terminators
    }

    /// Asks the host to tell what ends each record; before the program starts.
    pub fn track_terminators(&mut self) {
        self.tracks_terminators = true;
    }

    /// Sets RT.
    pub fn set_terminator(&mut self, text: &[u8]) {
        self.rt = ByteStr::new(text);
    }

    /// Which variable says where the fields are: FS, FPAT or FIELDWIDTHS.
    pub fn splits_by(&self) -> &'static str {
        match self.splits_by {
            SplitsBy::Separator => "FS",
            SplitsBy::Pattern => "FPAT",
            SplitsBy::Widths => "FIELDWIDTHS",
        }
    }

    // ---- records -------------------------------------------------------------------------------

    /// Takes a line that was read, without its terminator.
    ///
    /// # Errors
    /// The line has 4 GiB or more.
    #[inline]
    pub fn accept(&mut self, to: Destination, line: &[u8]) -> OpResult<()> {
        match to {
            Destination::Record => self.record.set_text(line),
            Destination::Variable => {
                line.clone_into(&mut self.line);
                Ok(())
            }
        }
    }

    /// The lines of the main input that the host has read ahead, for the host to fill.
    #[inline]
    pub fn lines_ahead(&mut self) -> &mut LinesAhead {
        self.record.lines_ahead()
    }

    /// Takes the next line that was read ahead; false when the host must be asked.
    ///
    /// # Errors
    /// Those of [`accept`](AwkState::accept).
    #[inline(always)]
    pub(crate) fn accept_ahead(&mut self, to: Destination) -> OpResult<bool> {
        if self.record_separator.byte() != Some(self.record.ahead_separator()) {
            return Ok(false);
        }
        match to {
            Destination::Record => self.record.take_line(),
            Destination::Variable => Ok(self.record.take_line_apart(&mut self.line)),
        }
    }

    /// Counts a record in NR and FNR.
    #[inline]
    pub(crate) fn count_record(&mut self) {
        self.nr.add(1.0);
        self.fnr.add(1.0);
    }

    /// Starts a file of the main input: FILENAME, and FNR from 0.
    pub fn start_file(&mut self, name: &[u8]) {
        self.filename = Value::Str(ByteStr::from_input(name));
        self.fnr.number = 0.0;
    }

    /// Tells the program in ERRNO why something failed.
    pub fn set_errno(&mut self, reason: &str) {
        if self.dialect != AwkDialect::Gawk {
            return;
        }
        self.errno = Value::str(reason);
    }

    /// What the statement is called that wrote last to a file or command: `print` or `printf`.
    pub fn printing(&self) -> &'static str {
        self.printing
    }

    /// What parts the records of the input.
    #[inline]
    pub fn record_separator(&self) -> &RecordSeparator {
        &self.record_separator
    }

    /// What ORS is.
    #[inline]
    pub(crate) fn ors(&self) -> &ByteStr {
        &self.ors_text
    }

    // ---- special variables ---------------------------------------------------------------------

    /// NR or FNR, unless the program has made a string of it.
    #[inline(always)]
    pub(crate) fn record_count(&self, special: u64) -> Option<f64> {
        const NR: u64 = Special::Nr as u64;
        const FNR: u64 = Special::Fnr as u64;
        let counter = match special {
            NR => &self.nr,
            FNR => &self.fnr,
            _ => return None,
        };
        counter.assigned.is_none().then_some(counter.number)
    }

    /// The value of a special variable.
    pub fn get(&mut self, special: Special) -> Value {
        match special {
            Special::Nr => self.nr.get(),
            Special::Fnr => self.fnr.get(),
            Special::Nf => Value::Float(self.record.nf() as f64),
            Special::Fs => self.fs.clone(),
            Special::Ofs => self.ofs.clone(),
            Special::Ors => self.ors.clone(),
            Special::Rs => self.rs.clone(),
            Special::Subsep => self.subsep.clone(),
            Special::Convfmt => Value::Str(self.convfmt.text.clone()),
            Special::Ofmt => Value::Str(self.ofmt.text.clone()),
            Special::Rstart => self.rstart.clone(),
            Special::Rlength => self.rlength.clone(),
            Special::Filename => self.filename.clone(),
            Special::Errno => self.errno.clone(),
            Special::Rt => Value::Str(self.rt.clone()),
            Special::Fpat => self.fpat.clone(),
            Special::Fieldwidths => self.fieldwidths.clone(),
            Special::Ignorecase => self.ignorecase.clone(),
        }
    }

    /// The number that a special variable is, if it is one as a rule.
    #[inline]
    pub(crate) fn number(&mut self, special: Special) -> Option<f64> {
        let of = |value: &Value| if let Value::Float(number) = value { Some(*number) } else { None };
        match special {
            Special::Nr => self.nr.plain(),
            Special::Fnr => self.fnr.plain(),
            Special::Nf => Some(self.record.nf() as f64),
            Special::Rstart => of(&self.rstart),
            Special::Rlength => of(&self.rlength),
            _ => None,
        }
    }

    /// Sets RSTART and RLENGTH.
    #[inline]
    pub(crate) fn set_match(&mut self, start: f64, length: f64) {
        self.rstart.set_float(start);
        self.rlength.set_float(length);
    }

    /// Sets a special variable, with all that follows from it.
    ///
    /// # Errors
    /// A negative NF, too many fields, or a regular expression or format that does not parse.
    pub fn set(&mut self, special: Special, value: Value) -> OpResult<()> {
        match special {
            Special::Nr => self.nr = Counter::assigned(value),
            Special::Fnr => self.fnr = Counter::assigned(value),
            Special::Nf => {
                let count = to_number(&value);
                if count.trunc() < 0.0 {
                    return Err(Fault::new(ErrorKind::Range, "NF set to negative value"));
                }
                self.record.set_nf(count as usize)?;
            }
            Special::Fs => {
                let separator = self.field_separator(&value)?;
                self.record.set_separator(separator);
                self.fs = value;
                self.splits_by = SplitsBy::Separator;
            }
            Special::Rs => self.set_rs(value)?,
            Special::Ofs => {
                let text = self.string(&value)?;
                self.record.set_output_separator(text);
                self.ofs = value;
            }
            Special::Ors => {
                self.ors_text = self.string(&value)?;
                self.ors = value;
            }
            Special::Subsep => {
                self.joins_pairs = matches!(&value, Value::Str(text) if **text == [SEPARATOR]);
                self.subsep = value;
            }
            Special::Convfmt => self.convfmt = NumberFormat::new(self.string(&value)?)?,
            Special::Ofmt => self.ofmt = NumberFormat::new(self.string(&value)?)?,
            Special::Rstart => self.rstart = value,
            Special::Rlength => self.rlength = value,
            Special::Filename => self.filename = value,
            Special::Errno => self.errno = value,
            Special::Rt => self.rt = self.string(&value)?,
            // To the other awks these are variables like any other.
            Special::Fpat if self.dialect != AwkDialect::Gawk => self.fpat = value,
            Special::Fieldwidths if self.dialect != AwkDialect::Gawk => self.fieldwidths = value,
            Special::Ignorecase if self.dialect != AwkDialect::Gawk => self.ignorecase = value,
            Special::Fpat => {
                let text = self.string(&value)?;
                let separator = self.pattern_separator(&text)?;
                self.record.set_separator(separator);
                self.fpat = value;
                self.splits_by = SplitsBy::Pattern;
            }
            Special::Fieldwidths => {
                let text = self.string(&value)?;
                let widths = parse_widths(&text)?;
                self.record.set_separator(Separator::Widths { widths, utf8: self.syntax.utf8 });
                self.fieldwidths = value;
                self.splits_by = SplitsBy::Widths;
            }
            Special::Ignorecase => {
                let ignores = truthy(&value);
                self.ignorecase = value;
                if ignores != self.syntax.case_insensitive {
                    self.set_case(ignores)?;
                }
            }
        }
        Ok(())
    }

    /// Makes letter case count or not; what is compiled becomes something else.
    fn set_case(&mut self, ignores: bool) -> OpResult<()> {
        self.syntax.case_insensitive = ignores;
        self.regexes.clear();
        let rs = self.rs.clone();
        self.set_rs(rs)?;
        match self.splits_by {
            SplitsBy::Separator => {
                let separator = self.field_separator(&self.fs.clone())?;
                self.record.set_separator(separator);
            }
            SplitsBy::Pattern => {
                let pattern = self.field_pattern()?;
                let separator = self.pattern_separator(&pattern)?;
                self.record.set_separator(separator);
            }
            SplitsBy::Widths => {}
        }
        Ok(())
    }

    /// FPAT as text.
    pub(crate) fn field_pattern(&mut self) -> OpResult<ByteStr> {
        let fpat = self.fpat.clone();
        self.take_string(fpat)
    }

    /// SUBSEP as text.
    pub(crate) fn subsep(&mut self) -> OpResult<ByteStr> {
        let subsep = self.subsep.clone();
        self.take_string(subsep)
    }

    /// Whether two integers as subscripts are the key of a [`Pair`](crate::value::Pair).
    #[inline(always)]
    pub(crate) fn joins_pairs(&self) -> bool {
        self.joins_pairs
    }

    /// Appends the string forms of subscripts, with SUBSEP between them.
    pub(crate) fn append_joined(
        &mut self,
        subscripts: &(impl Operands + ?Sized),
        text: &mut Vec<u8>,
    ) -> OpResult<()> {
        let mut count = 0;
        while let Some(subscript) = subscripts.get(count) {
            if count > 0 {
                match &self.subsep {
                    Value::Str(subsep) => text.extend_from_slice(subsep),
                    _ => text.extend_from_slice(&self.subsep()?),
                }
            }
            match subscript {
                Operand::Field(field) => self.append_text(field, text)?,
                Operand::Value(value) => self.convfmt.append_value(value, text)?,
            }
            count += 1;
        }
        Ok(())
    }

    fn set_rs(&mut self, value: Value) -> OpResult<()> {
        let mut text = self.string(&value)?;
        if self.dialect == AwkDialect::Traditional && text.len() > 1 {
            text = ByteStr::new(&text[..1]);
        }
        let was_paragraph = matches!(self.record_separator, RecordSeparator::Paragraph);
        self.record_separator = match *text {
            [] => RecordSeparator::Paragraph,
            [b'\n'] => RecordSeparator::Newline,
            // Letter case counts here whatever IGNORECASE is.
            [byte] if !text.is_regex() => RecordSeparator::Byte(byte),
            _ => RecordSeparator::Regex(Box::new(pattern::compile(&text, &self.syntax)?)),
        };
        self.rs = value;
        if was_paragraph != matches!(self.record_separator, RecordSeparator::Paragraph)
            && matches!(self.splits_by, SplitsBy::Separator)
        {
            // Whether a newline parts fields has changed.
            let separator = self.field_separator(&self.fs.clone())?;
            self.record.set_separator(separator);
        }
        Ok(())
    }

    /// What a value of FS means for records.
    fn field_separator(&mut self, fs: &Value) -> OpResult<Separator> {
        let text = self.string(fs)?;
        if text.is_empty() && self.dialect != AwkDialect::Gawk {
            // Nothing parts the fields: this matches only what is empty.
            return self.regex_separator(b"()");
        }
        if !matches!(self.record_separator, RecordSeparator::Paragraph) {
            return self.separator(&text);
        }
        Ok(match self.separator(&text)? {
            Separator::Byte(byte) => Separator::ByteOrNewline(byte),
            separator => separator,
        })
    }

    /// A regular expression as a separator, however short it is.
    pub(crate) fn regex_separator(&self, pattern: &[u8]) -> OpResult<Separator> {
        Ok(Separator::Regex(Box::new(pattern::compile(pattern, &self.syntax)?)))
    }

    /// What a pattern means that describes the fields themselves, as FPAT or as an argument of `patsplit`.
    pub(crate) fn pattern_separator(&self, pattern: &[u8]) -> OpResult<Separator> {
        Ok(Separator::Pattern(Box::new(pattern::compile(pattern, &self.syntax)?)))
    }

    /// What FS means for strings, where that is not what parts the fields of records.
    pub(crate) fn string_separator(&mut self) -> OpResult<Option<Separator>> {
        let parts_records = match self.record.separator() {
            // The newline parts fields only where records are paragraphs, and a format is that of records.
            Separator::ByteOrNewline(_) | Separator::Format(_) => false,
            _ => matches!(self.splits_by, SplitsBy::Separator),
        };
        if parts_records {
            return Ok(None);
        }
        let fs = self.fs.clone();
        let text = self.take_string(fs)?;
        self.separator(&text).map(Some)
    }

    /// What a text means as a separator of fields, as FS or as an argument of `split`.
    pub(crate) fn separator(&self, text: &ByteStr) -> OpResult<Separator> {
        Ok(match **text {
            [_] if text.is_regex() => self.regex_separator(text)?,
            [] => Separator::Characters { utf8: self.syntax.utf8 },
            [b' '] => Separator::Blanks,
            // Letter case counts here whatever IGNORECASE is.
            [byte] => Separator::Byte(byte),
            _ => self.regex_separator(text)?,
        })
    }

    // ---- compiled forms ------------------------------------------------------------------------

    /// The compiled form of a regular expression, kept for the next time.
    ///
    /// # Errors
    /// The pattern does not parse.
    #[inline]
    pub fn regex(&mut self, pattern: &[u8]) -> OpResult<&Ere> {
        self.regex_of(&ByteStr::new(pattern))
    }

    /// As [`regex`](AwkState::regex), by a string, which is likely to be a constant.
    #[inline]
    pub(crate) fn regex_of(&mut self, pattern: &ByteStr) -> OpResult<&Ere> {
        let syntax = self.syntax;
        Ok(self.regexes.get(pattern, |pattern| Pattern::new(pattern, &syntax))?)
    }

    /// Whether a text matches a regular expression.
    #[inline(always)]
    pub(crate) fn matches(&mut self, text: Operand<'_>, pattern: &ByteStr) -> OpResult<bool> {
        let syntax = self.syntax;
        let regex = self.regexes.get(pattern, |pattern| Pattern::new(pattern, &syntax))?;
        match text {
            Operand::Field(0) => {
                let from = match regex.foresee(&self.record) {
                    Foresight::Never => return Ok(false),
                    Foresight::Surely(_) => return Ok(true),
                    Foresight::Perhaps(from) => from,
                };
                if let Some(record) = self.record.input_bytes(0) {
                    return Ok(regex.is_match(&record[from..]));
                }
            }
            Operand::Value(Value::Str(text)) => return Ok(regex.is_match(text)),
            _ => {}
        }
        let mut room = ByteStr::EMPTY;
        Ok(regex.is_match(text.text(&mut self.record, &self.convfmt, &mut room)?))
    }

    /// What `look` makes of a text and of where a regular expression first matches in it.
    #[inline]
    pub(crate) fn with_match<R>(
        &mut self,
        text: Operand<'_>,
        pattern: &ByteStr,
        look: impl FnOnce(&[u8], Option<(usize, usize)>) -> R,
    ) -> OpResult<R> {
        let syntax = self.syntax;
        let regex = self.regexes.get(pattern, |pattern| Pattern::new(pattern, &syntax))?;
        let foreseen = match text {
            Operand::Field(0) => regex.foresee(&self.record),
            _ => Foresight::Perhaps(0),
        };
        let mut room = ByteStr::EMPTY;
        let text = text.text(&mut self.record, &self.convfmt, &mut room)?;
        let found = match foreseen {
            Foresight::Never => None,
            Foresight::Surely(from) | Foresight::Perhaps(from) => regex.find_at(text, from),
        };
        Ok(look(text, found))
    }

    /// Whether a field, or for 0 the record, is a string.
    #[inline]
    pub(crate) fn field_is(&mut self, field: usize, text: &[u8]) -> OpResult<bool> {
        if let Some(value) = self.record.assigned_value(field) {
            // As StrEq compares any value: by its own string form.
            return Ok(&*value.try_to_byte_str()? == text);
        }
        Ok(text == self.record.text_of(field))
    }

    /// Appends what `print` prints for a field, or for 0 the record.
    #[inline]
    pub(crate) fn append_field(&mut self, field: usize, out: &mut Vec<u8>) -> OpResult<()> {
        if let Some(value) = self.record.assigned_value(field) {
            return self.append_output(value, out);
        }
        self.record.append_to(field, out);
        Ok(())
    }

    /// Appends the string form of a field, or for 0 the record.
    pub(crate) fn append_text(&mut self, field: usize, out: &mut Vec<u8>) -> OpResult<()> {
        if let Some(value) = self.record.assigned_value(field) {
            let value = value.clone();
            out.extend_from_slice(&self.take_string(value)?);
            return Ok(());
        }
        self.record.append_to(field, out);
        Ok(())
    }

    /// What is doubtful about a format with that many arguments.
    pub(crate) fn format_oddities(&mut self, format: &Value, arguments: usize) -> OpResult<Vec<Oddity>> {
        let text = self.string(format)?;
        Ok(self.formats.get(&text, parse_format)?.oddities(arguments).collect())
    }

    // ---- string forms --------------------------------------------------------------------------

    /// The string form of a value: numbers by CONVFMT, integers as such.
    ///
    /// # Errors
    /// CONVFMT asks for more than a number.
    #[inline]
    pub fn string(&mut self, value: &Value) -> OpResult<ByteStr> {
        match value {
            Value::Str(text) => Ok(text.clone()),
            _ => self.convfmt.string_of(value, &mut self.scratch),
        }
    }

    /// As [`string`](AwkState::string), of a value that is not needed any more.
    #[inline]
    pub(crate) fn take_string(&mut self, value: Value) -> OpResult<ByteStr> {
        match value {
            Value::Str(text) => Ok(text),
            _ => self.convfmt.string_of(&value, &mut self.scratch),
        }
    }

    /// The string form of a value: its own, or one that is put in `room`. A string that is moved is read across the
    /// words that it was written as, which the processor waits for; this one stays where it is.
    #[inline(always)]
    pub(crate) fn text_of<'a>(&mut self, value: &'a Value, room: &'a mut ByteStr) -> OpResult<&'a ByteStr> {
        match value {
            Value::Str(text) => Ok(text),
            other => {
                *room = self.convfmt.string_of(other, &mut self.scratch)?;
                Ok(room)
            }
        }
    }

    /// Appends what `print` prints for a value: numbers by OFMT, integers as such.
    #[inline]
    pub(crate) fn append_output(&self, value: &Value, out: &mut Vec<u8>) -> OpResult<()> {
        self.ofmt.append_value(value, out)
    }
}

/// The number that a value is to awk: unlike elsewhere, `+inf`, `-inf`, `+nan` and `-nan` are numbers.
#[inline]
pub fn to_number(value: &Value) -> f64 {
    match value {
        Value::Float(f) => *f,
        Value::Str(text) => number::parse_float_or_special(text),
        _ => value.to_float(),
    }
}

/// The number that a string from input is from end to end, but for blanks around it.
#[inline]
pub(crate) fn looks_numeric(value: &Value) -> Option<f64> {
    match value {
        Value::Str(text) if text.is_input() => {
            number::parse_whole(text).or_else(|| number::parse_special(text))
        }
        _ => None,
    }
}

/// The number that a value is to a comparison; None for a string.
#[inline]
pub fn comparable_number(value: &Value) -> Option<f64> {
    match value {
        Value::Undef => Some(0.0),
        Value::Str(_) => looks_numeric(value),
        _ => as_number(value),
    }
}

/// The number that a value of a numeric kind is. Truth values are numbers to awk.
#[inline]
pub(crate) fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(f) => Some(*f),
        Value::Int(_) | Value::Bool(_) | Value::Status(_) => Some(value.to_float()),
        _ => None,
    }
}
