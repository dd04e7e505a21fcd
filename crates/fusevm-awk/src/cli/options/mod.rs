//! The options of the command line, by POSIX's rules, with long names and optional values as GNU programs have them.

mod mawk;
mod names;
mod table;
mod values;

pub use table::{Group, OPTIONS, OptionRow, Takes};
pub(super) use values::locale_is_utf8;

use crate::compiler::Dialect;
use fusevm::awk_host::TextFormat;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::time::Duration;
use table::{Name, by_letter, by_long_name};
use values::{count, seconds};

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(super) enum Command {
    /// Run a program.
    Run(Box<Options>),
    /// Show a text.
    Show(Text),
}

/// The texts about the command.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Text {
    /// What the options are.
    Help,
    /// Which version this is.
    Version,
    /// Under which licence.
    Copyright,
}

/// A program to run, and how.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Options {
    /// The parts of the program text, in order.
    pub program: Vec<ProgramPart>,
    /// `-v` and `-F`: names and values, as they were given, in order.
    pub assignments: Vec<(String, Vec<u8>)>,
    /// The operands after the program.
    pub operands: Vec<Vec<u8>>,
    /// `-E`: operands are files even if they look like assignments.
    pub no_operand_assigns: bool,
    /// `-P`, `-c`
    pub dialect: Dialect,
    /// `-b`: characters are bytes whatever the locale says.
    pub bytes: bool,
    /// `-n`: texts may be hexadecimal and octal numbers.
    pub non_decimal: bool,
    /// `-N`: the decimal point is that of the locale.
    pub local_point: bool,
    /// `-S`
    pub sandbox: bool,
    /// How input is read and output written.
    pub data: Data,
    /// `-L`
    pub lint: Option<Lint>,
    /// `-t`
    pub lint_old: bool,
    /// What is told of the program.
    pub reports: Reports,
    /// mawk's `-W interactive`: output is written at once.
    pub interactive: bool,
    /// mawk's `-W random`: the seed.
    pub seed: Option<f64>,
    /// `--fuel`
    pub fuel: Option<u64>,
    /// `--max-memory`, in bytes
    pub max_memory: Option<u64>,
    /// `--max-depth`
    pub max_depth: Option<usize>,
    /// `--timeout`
    pub timeout: Option<Duration>,
    /// `--jit-log`
    #[cfg(feature = "jit")]
    pub jit_log: bool,
    /// `--no-jit`, `-s`
    #[cfg(feature = "jit")]
    pub no_jit: bool,
}

/// A part of the program text.
#[derive(Debug, PartialEq)]
pub(super) enum ProgramPart {
    /// On the command line: the program operand, `-e`.
    Text(Vec<u8>),
    /// A file: `-f`, `-E`.
    File(OsString),
    /// A library that is read once: `-i`.
    Library(OsString),
}

/// Forms of input and output.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Data {
    /// What the input is: `-k`, `--tsv`, `--jsonl`.
    pub input: Option<TextFormat>,
    /// `-H`
    pub header: bool,
    /// `--output`
    pub output: Option<TextFormat>,
    /// `-j`: how many threads read records; 0 is one for each processor.
    pub jobs: Option<usize>,
}

/// More threads than any machine has use for.
const MAX_JOBS: u64 = 1024;

/// Where a report goes: a file, or its usual one.
pub(super) type ReportFile = Option<OsString>;

/// What is told of a program. The outer `Option` is whether, the inner where.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Reports {
    /// `-d`
    pub variables: Option<ReportFile>,
    /// `-o`
    pub pretty: Option<ReportFile>,
    /// `-p`
    pub profile: Option<ReportFile>,
    /// `-g`
    pub gen_pot: bool,
    /// `--explain`
    #[cfg(feature = "jit")]
    pub explain: bool,
    /// `--progress`
    pub progress: bool,
    /// `-I`
    pub trace: bool,
    /// mawk's `-W dump`: the ops, and no run.
    pub ops_only: bool,
}

/// How doubtful places are treated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Lint {
    /// All are warned of.
    Warn,
    /// The first ends the run.
    Fatal,
    /// Only what is plainly wrong is warned of.
    Invalid,
    /// All but the use of extensions are warned of.
    NoExtensions,
}

/// What is wrong with a command line.
#[derive(Debug, PartialEq)]
pub(super) struct Mistake {
    /// The mistake, for people. Of several, each is a line.
    pub message: String,
    /// What kind it is.
    pub kind: MistakeKind,
}

/// How a mistake is told, and the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MistakeKind {
    /// The options explain it.
    Usage,
    /// Variables cannot have such names.
    Names,
    /// What is asked for cannot be had.
    Refusal,
}

impl From<String> for Mistake {
    fn from(message: String) -> Mistake {
        Mistake { message, kind: MistakeKind::Usage }
    }
}

impl Mistake {
    fn refusal(message: impl Into<String>) -> Mistake {
        Mistake { message: message.into(), kind: MistakeKind::Refusal }
    }
}

/// Reads the arguments after the command's name; `posixly` says whether POSIXLY_CORRECT is set.
pub(super) fn parse(arguments: Vec<OsString>, posixly: bool) -> Result<Command, Mistake> {
    let arguments = arguments.into_iter().map(OsString::into_vec);
    let mut parser = Parser {
        arguments,
        options: Options::default(),
        show: None,
        is_last: false,
        wrong_names: Vec::new(),
    };
    if posixly {
        parser.options.dialect = Dialect::Posix;
    }
    let mut operands = Vec::new();
    while !parser.is_last
        && let Some(argument) = parser.arguments.next()
    {
        if parser.is_for_program(&argument) {
            operands.push(argument);
            break;
        }
        match &argument[..] {
            b"--" => break,
            // The one true awk's, which are nonsense by gawk's rules.
            b"-version" => parser.apply(Name::Version, None)?,
            b"-safe" => parser.apply(Name::Sandbox, None)?,
            [b'-', b'-', long @ ..] => parser.long(long)?,
            [b'-', letters @ ..] if !letters.is_empty() => parser.letters(letters)?,
            _ => {
                operands.push(argument);
                break;
            }
        }
    }
    if let Some(text) = parser.show {
        return Ok(Command::Show(text));
    }
    if !parser.wrong_names.is_empty() {
        return Err(Mistake { message: parser.wrong_names.join("\n"), kind: MistakeKind::Names });
    }
    operands.extend(parser.arguments);
    let mut options = parser.options;
    let is_complete = |part: &ProgramPart| !matches!(part, ProgramPart::Library(_));
    if !options.program.iter().any(is_complete) {
        if operands.is_empty() {
            return Err("no program".to_owned().into());
        }
        options.program.push(ProgramPart::Text(operands.remove(0)));
    }
    options.operands = operands;
    Ok(Command::Run(Box::new(options)))
}

/// The arguments that are not read yet, and what those before them asked for.
struct Parser<I> {
    arguments: I,
    options: Options,
    /// A text to show instead of a run.
    show: Option<Text>,
    /// Whether an option has ended the options.
    is_last: bool,
    /// What is wrong with the names of variables that `-v` assigns.
    wrong_names: Vec<String>,
}

impl<I: Iterator<Item = Vec<u8>>> Parser<I> {
    /// Whether an argument is an option of the program's own: once there is a program file, what awk does not know is,
    /// as for a script that starts with `#!/usr/bin/awk -f`.
    fn is_for_program(&self, argument: &[u8]) -> bool {
        let has_file = self.options.program.iter().any(|part| matches!(part, ProgramPart::File(_)));
        has_file
            && match argument {
                b"--" | b"-version" | b"-safe" => false,
                [b'-', b'-', long @ ..] => {
                    let end = memchr::memchr(b'=', long).unwrap_or(long.len());
                    by_long_name(&long[..end]).is_err()
                }
                [b'-', letter, ..] => by_letter(*letter).is_err(),
                _ => false,
            }
    }

    /// Reads a long option, `--` not among `text`.
    fn long(&mut self, text: &[u8]) -> Result<(), Mistake> {
        let (long, value) = match memchr::memchr(b'=', text) {
            Some(equals) => (&text[..equals], Some(text[equals + 1..].to_vec())),
            None => (text, None),
        };
        let row = by_long_name(long)?;
        let shown = || String::from_utf8_lossy(long);
        let value = match (row.takes, value) {
            (Takes::Nothing, Some(_)) => return Err(format!("option `--{}' takes no value", shown()).into()),
            (Takes::Value(_), None) => {
                let next = self.arguments.next();
                Some(next.ok_or_else(|| format!("option `--{}' needs a value", shown()))?)
            }
            (_, value) => value,
        };
        self.apply(row.name, value)
    }

    /// Reads letters that follow one `-`, up to one that takes what is left as its value.
    fn letters(&mut self, letters: &[u8]) -> Result<(), Mistake> {
        for (at, &letter) in letters.iter().enumerate() {
            let row = by_letter(letter)?;
            let rest = letters.get(at + 1..).filter(|rest| !rest.is_empty()).map(<[u8]>::to_vec);
            match row.takes {
                Takes::Nothing => self.apply(row.name, None)?,
                Takes::Maybe(_) => return self.apply(row.name, rest),
                Takes::Value(_) => {
                    let value = rest.or_else(|| self.arguments.next());
                    let needs = || format!("option `-{}' needs a value", char::from(letter));
                    return self.apply(row.name, Some(value.ok_or_else(needs)?));
                }
            }
        }
        Ok(())
    }

    /// Does what an option says. `value` is there when the option takes one.
    fn apply(&mut self, name: Name, value: Option<Vec<u8>>) -> Result<(), Mistake> {
        let options = &mut self.options;
        let reports = &mut options.reports;
        let file = value.clone().map(OsString::from_vec);
        let required = value.as_deref().unwrap_or_default();
        match name {
            Name::File => options.program.extend(file.map(ProgramPart::File)),
            Name::Source => options.program.extend(value.map(ProgramPart::Text)),
            Name::Include => options.program.extend(file.map(ProgramPart::Library)),
            Name::Exec => {
                options.program.extend(file.map(ProgramPart::File));
                options.no_operand_assigns = true;
                self.is_last = true;
            }
            Name::FieldSeparator => {
                // A tab to the first awk, the letter to gawk and POSIX.
                let is_tab = required == b"t" && options.dialect == Dialect::Traditional;
                let separator = if is_tab { b"\\t" } else { required };
                options.assignments.push(("FS".to_owned(), separator.to_vec()));
            }
            Name::Assign => match names::assignment(required)? {
                Ok((name, value)) => options.assignments.push((name.to_owned(), value.to_vec())),
                Err(malformed) => self.wrong_names.push(malformed),
            },
            // Of both, POSIX's wins, as in gawk.
            Name::Posix => options.dialect = Dialect::Posix,
            Name::Traditional if options.dialect == Dialect::Posix => {}
            Name::Traditional => options.dialect = Dialect::Traditional,
            // They are on in every awk, as in gawk since 5.2.
            Name::ReInterval => {}
            Name::Bytes => options.bytes = true,
            Name::NonDecimal => options.non_decimal = true,
            Name::LcNumeric => options.local_point = true,
            Name::Sandbox => options.sandbox = true,
            Name::Csv => options.data.input = Some(TextFormat::Csv),
            Name::Tsv => options.data.input = Some(TextFormat::Tsv),
            Name::Jsonl => options.data.input = Some(TextFormat::JsonLines),
            Name::Jobs => options.data.jobs = Some(count(required, &[])?.min(MAX_JOBS) as usize),
            Name::Header => options.data.header = true,
            Name::Output => options.data.output = Some(format(required)?),
            Name::Lint => options.lint = Some(lint(value.as_deref())?),
            Name::LintOld => options.lint_old = true,
            Name::DumpVariables => reports.variables = Some(file),
            Name::PrettyPrint => reports.pretty = Some(file),
            Name::Profile => reports.profile = Some(file),
            Name::GenPot => reports.gen_pot = true,
            #[cfg(feature = "jit")]
            Name::Explain => reports.explain = true,
            Name::Progress => reports.progress = true,
            Name::Trace => reports.trace = true,
            Name::Fuel => options.fuel = Some(count(required, &[])?),
            Name::MaxMemory => {
                options.max_memory = Some(count(required, &[(b'k', 10), (b'm', 20), (b'g', 30)])?);
            }
            Name::MaxDepth => options.max_depth = Some(count(required, &[])? as usize),
            Name::Timeout => options.timeout = Some(seconds(required)?),
            #[cfg(feature = "jit")]
            Name::JitLog => options.jit_log = true,
            #[cfg(feature = "jit")]
            Name::NoJit | Name::NoOptimize => options.no_jit = true,
            #[cfg(not(feature = "jit"))]
            Name::NoOptimize => {}
            Name::Optimize => {}
            Name::Help => self.show = self.show.or(Some(Text::Help)),
            Name::Version => self.show = self.show.or(Some(Text::Version)),
            Name::Copyright => self.show = self.show.or(Some(Text::Copyright)),
            Name::Implementation => return self.implementation(required),
            Name::Bignum => {
                return Err(Mistake::refusal(
                    "-M (--bignum) is not supported: numbers are double-precision floating point",
                ));
            }
            Name::Debug => {
                return Err(Mistake::refusal("-D (--debug) is not supported: there is no debugger"));
            }
            Name::Load => {
                let library = String::from_utf8_lossy(required);
                return Err(Mistake::refusal(format!(
                    "cannot load `{library}': gawk's extension libraries (-l, @load) are not supported"
                )));
            }
        }
        Ok(())
    }
}

/// The format of a name.
fn format(name: &[u8]) -> Result<TextFormat, Mistake> {
    match name {
        b"csv" => Ok(TextFormat::Csv),
        b"tsv" => Ok(TextFormat::Tsv),
        b"jsonl" => Ok(TextFormat::JsonLines),
        _ => Err(format!("`{}' is no format: csv, tsv or jsonl", String::from_utf8_lossy(name)).into()),
    }
}

/// What the value of `--lint` says.
fn lint(value: Option<&[u8]>) -> Result<Lint, Mistake> {
    Ok(match value {
        None => Lint::Warn,
        Some(b"fatal") => Lint::Fatal,
        Some(b"invalid") => Lint::Invalid,
        Some(b"no-ext") => Lint::NoExtensions,
        Some(other) => {
            let shown = String::from_utf8_lossy(other);
            return Err(format!("`{shown}' is no kind of lint: fatal, invalid or no-ext").into());
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Command, Mistake> {
        parse(arguments.iter().map(OsString::from).collect(), false)
    }

    fn options(arguments: &[&str]) -> Options {
        match parsed(arguments) {
            Ok(Command::Run(options)) => *options,
            other => panic!("{arguments:?}: {other:?}"),
        }
    }

    fn operands(arguments: &[&str]) -> Vec<String> {
        let operands = options(arguments).operands;
        operands.iter().map(|operand| String::from_utf8_lossy(operand).into_owned()).collect()
    }

    #[test]
    fn options_end_where_posix_says() {
        assert_eq!(operands(&["{print}", "a", "-F", "b"]), ["a", "-F", "b"]);
        assert_eq!(operands(&["--", "-x", "a"]), ["a"]);
        assert_eq!(operands(&["-f", "prog", "-", "a"]), ["-", "a"]);
        assert_eq!(operands(&["-fprog", "--", "--", "a"]), ["--", "a"]);
    }

    #[test]
    fn values_may_be_attached() {
        for given in
            [&["-F:", "p"][..], &["-F", ":", "p"], &["--field-separator=:", "p"], &["--field", ":", "p"]]
        {
            assert_eq!(options(given).assignments, [("FS".to_owned(), b":".to_vec())], "{given:?}");
        }
        let given = options(&["-bvx=1", "-v", "y=a=b", "--assign", "z=", "p"]);
        assert!(given.bytes);
        let expected = [("x", "1"), ("y", "a=b"), ("z", "")];
        assert_eq!(given.assignments, expected.map(|(name, value)| (name.to_owned(), value.into())));
    }

    #[test]
    fn a_program_file_has_options_of_its_own() {
        let operands = |arguments: &[&str]| {
            let operands = options(arguments).operands;
            operands.into_iter().map(|o| String::from_utf8(o).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(operands(&["-f", "prog", "-x", "-v", "a=1"]), ["-x", "-v", "a=1"]);
        assert_eq!(operands(&["-f", "prog", "-v", "a=1", "--bogus=3", "x"]), ["--bogus=3", "x"]);
        assert_eq!(operands(&["-f", "prog", "--", "-x"]), ["-x"]);
    }

    #[test]
    fn limits_have_units() {
        let given = options(&["--max-memory", "2m", "--timeout=0.5", "--fuel=1000", "--max-depth=7", "p"]);
        assert_eq!(given.max_memory, Some(2 << 20));
        assert_eq!(given.timeout, Some(Duration::from_millis(500)));
        assert_eq!((given.fuel, given.max_depth), (Some(1000), Some(7)));
    }

    #[test]
    fn mistakes_are_named() {
        let cases: &[(&[&str], &str)] = &[
            (&[], "no program"),
            (&["-Z"], "unknown option `-Z'"),
            (&["--bogus"], "unknown option `--bogus'"),
            (&["--f"], "option `--f' is ambiguous"),
            (&["-F"], "option `-F' needs a value"),
            (&["--help=x"], "option `--help' takes no value"),
            (&["-v", "x", "p"], "`x' is no assignment of the form name=value"),
            (&["-v", "1x=3", "p"], "fatal: `1x' is not a legal variable name"),
            (&["-v", "if=3", "p"], "fatal: cannot use gawk builtin `if' as variable name"),
            (
                &["-v", "a:b=3", "-v", "a:::b=3", "-v", "a::b::c=3", "p"],
                "error: identifier a:b: namespace separator is two colons, not one\n\
                 error: qualified identifier `a:::b' is badly formed\n\
                 error: identifier `a::b::c': namespace separator can only appear once in a qualified name",
            ),
            (&["--fuel=x", "p"], "`x' is no whole number"),
            (&["--timeout=-1", "p"], "`-1' is no time in seconds"),
        ];
        for (arguments, message) in cases {
            let mistake = parsed(arguments).unwrap_err();
            assert_eq!(mistake.message, *message, "{arguments:?}");
        }
    }

    #[test]
    fn optional_values_are_attached() {
        let pretty = |arguments: &[&str]| options(arguments).reports.pretty;
        assert_eq!(pretty(&["-o", "p"]), Some(None));
        assert_eq!(pretty(&["-ox", "p"]), Some(Some("x".into())));
        assert_eq!(pretty(&["--pretty-print=x", "p"]), Some(Some("x".into())));
        let lint = |argument: &str| parsed(&[argument, "p"]).map(|_| options(&[argument, "p"]).lint);
        assert_eq!(lint("-L"), Ok(Some(Lint::Warn)));
        assert_eq!(lint("-Lfatal"), Ok(Some(Lint::Fatal)));
        assert_eq!(lint("--lint=no-ext"), Ok(Some(Lint::NoExtensions)));
        assert!(lint("--lint=x").is_err());
    }

    #[test]
    fn program_texts_are_kept_in_order() {
        let given = options(&["-i", "lib", "-e", "one", "-f", "two", "operand"]);
        let expected = [
            ProgramPart::Library("lib".into()),
            ProgramPart::Text(b"one".to_vec()),
            ProgramPart::File("two".into()),
        ];
        assert_eq!(given.program, expected);
        assert_eq!(given.operands, [b"operand"]);
        let given = options(&["-i", "lib", "program", "operand"]);
        assert_eq!(given.program[1], ProgramPart::Text(b"program".to_vec()));
        let given = options(&["-E", "script", "-v", "x=1"]);
        assert!(given.no_operand_assigns);
        assert_eq!(given.operands, [&b"-v"[..], b"x=1"]);
    }

    #[test]
    fn options_of_other_awks_are_known() {
        assert_eq!(parsed(&["-version"]), Ok(Command::Show(Text::Version)));
        assert_eq!(parsed(&["-Wv"]), Ok(Command::Show(Text::Version)));
        assert_eq!(parsed(&["-W", "usage"]), Ok(Command::Show(Text::Help)));
        assert!(options(&["-safe", "p"]).sandbox);
        assert!(options(&["-W", "sandbox", "p"]).sandbox);
        assert!(options(&["-Wi", "p"]).interactive);
        assert_eq!(options(&["-W", "random=7", "p"]).seed, Some(7.0));
        assert_eq!(options(&["-W", "exec", "script", "-x"]).operands, [b"-x"]);
        assert_eq!(options(&["-W", "posix", "p"]).dialect, Dialect::Posix);
        assert_eq!(options(&["-P", "-c", "p"]).dialect, Dialect::Posix);
        assert_eq!(options(&["-c", "p"]).dialect, Dialect::Traditional);
    }

    #[test]
    fn what_is_not_supported_says_so() {
        for given in [&["-M", "p"][..], &["--debug", "p"], &["-l", "filefuncs", "p"]] {
            let mistake = parsed(given).unwrap_err();
            assert!(
                mistake.message.contains("not supported") && mistake.kind == MistakeKind::Refusal,
                "{given:?}"
            );
        }
    }
}
