//! The options of the command line, by POSIX's rules with long names as gawk has them.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::time::Duration;

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub(super) enum Command {
    /// Run a program.
    Run(Box<Options>),
    /// Explain the options.
    Help,
    /// Say which version this is.
    Version,
}

/// A program to run, and how.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Options {
    /// Where the program text is.
    pub program: ProgramText,
    /// `-F`, as it was given.
    pub field_separator: Option<Vec<u8>>,
    /// `-v`: names and values, as they were given.
    pub assignments: Vec<(String, Vec<u8>)>,
    /// The operands after the program.
    pub operands: Vec<Vec<u8>>,
    /// `-b`: characters are bytes whatever the locale says.
    pub bytes: bool,
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
    /// `--no-jit`
    #[cfg(feature = "jit")]
    pub no_jit: bool,
}

/// Where a program text is.
#[derive(Debug, PartialEq)]
pub(super) enum ProgramText {
    /// On the command line.
    Given(Vec<u8>),
    /// In these files, `-f`.
    Files(Vec<OsString>),
}

impl Default for ProgramText {
    fn default() -> ProgramText {
        ProgramText::Files(Vec::new())
    }
}

/// The options that take a value, or none.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Name {
    File,
    FieldSeparator,
    Assign,
    Bytes,
    Fuel,
    MaxMemory,
    MaxDepth,
    Timeout,
    #[cfg(feature = "jit")]
    JitLog,
    #[cfg(feature = "jit")]
    NoJit,
    Help,
    Version,
}

impl Name {
    fn takes_value(self) -> bool {
        match self {
            Name::Bytes | Name::Help | Name::Version => false,
            #[cfg(feature = "jit")]
            Name::JitLog | Name::NoJit => false,
            _ => true,
        }
    }
}

/// The options: letter, long name.
const NAMES: &[(Name, Option<u8>, &str)] = &[
    (Name::File, Some(b'f'), "file"),
    (Name::FieldSeparator, Some(b'F'), "field-separator"),
    (Name::Assign, Some(b'v'), "assign"),
    (Name::Bytes, Some(b'b'), "characters-as-bytes"),
    (Name::Fuel, None, "fuel"),
    (Name::MaxMemory, None, "max-memory"),
    (Name::MaxDepth, None, "max-depth"),
    (Name::Timeout, None, "timeout"),
    #[cfg(feature = "jit")]
    (Name::JitLog, None, "jit-log"),
    #[cfg(feature = "jit")]
    (Name::NoJit, None, "no-jit"),
    (Name::Help, Some(b'h'), "help"),
    (Name::Version, Some(b'V'), "version"),
];

fn by_letter(letter: u8) -> Result<Name, String> {
    let found = NAMES.iter().find(|(_, known, _)| *known == Some(letter));
    found.map(|(name, ..)| *name).ok_or_else(|| format!("unknown option `-{}'", letter.escape_ascii()))
}

/// The option of a long name, which may be shortened as long as it is unique.
fn by_long_name(text: &[u8]) -> Result<Name, String> {
    let mut found = NAMES.iter().filter(|(.., long)| long.as_bytes().starts_with(text));
    let shown = String::from_utf8_lossy(text);
    let exact = NAMES.iter().find(|(.., long)| long.as_bytes() == text);
    match (exact, found.next(), found.next()) {
        (Some((name, ..)), ..) | (None, Some((name, ..)), None) => Ok(*name),
        (None, None, _) => Err(format!("unknown option `--{shown}'")),
        (None, Some(_), Some(_)) => Err(format!("option `--{shown}' is ambiguous")),
    }
}

/// What is wrong with a command line.
#[derive(Debug, PartialEq)]
pub(super) struct Mistake {
    /// The mistake, for people.
    pub message: String,
    /// Whether it is one of usage, which the options explain.
    pub usage: bool,
}

impl From<String> for Mistake {
    fn from(message: String) -> Mistake {
        Mistake { message, usage: true }
    }
}

/// Reads the arguments after the command's name.
pub(super) fn parse(arguments: Vec<OsString>) -> Result<Command, Mistake> {
    let mut arguments = arguments.into_iter().map(OsString::into_vec);
    let mut options = Options::default();
    let mut files = Vec::new();
    let mut operands = Vec::new();
    while let Some(argument) = arguments.next() {
        match &argument[..] {
            b"--" => break,
            [b'-', b'-', long @ ..] => {
                let (long, value) = match memchr::memchr(b'=', long) {
                    Some(equals) => (&long[..equals], Some(long[equals + 1..].to_vec())),
                    None => (long, None),
                };
                let name = by_long_name(long)?;
                let value = match value {
                    Some(_) if !name.takes_value() => {
                        let long = String::from_utf8_lossy(long);
                        return Err(format!("option `--{long}' takes no value").into());
                    }
                    None if name.takes_value() => Some(arguments.next().ok_or_else(|| {
                        format!("option `--{}' needs a value", String::from_utf8_lossy(long))
                    })?),
                    value => value,
                };
                if let Some(command) = apply(&mut options, &mut files, name, value.unwrap_or_default())? {
                    return Ok(command);
                }
            }
            [b'-', letters @ ..] if !letters.is_empty() => {
                for (at, &letter) in letters.iter().enumerate() {
                    let name = by_letter(letter)?;
                    let mut value = Vec::new();
                    if name.takes_value() {
                        value = match &letters[at + 1..] {
                            [] => arguments
                                .next()
                                .ok_or_else(|| format!("option `-{}' needs a value", char::from(letter)))?,
                            rest => rest.to_vec(),
                        };
                    }
                    if let Some(command) = apply(&mut options, &mut files, name, value)? {
                        return Ok(command);
                    }
                    if name.takes_value() {
                        break;
                    }
                }
            }
            _ => {
                operands.push(argument);
                break;
            }
        }
    }
    operands.extend(arguments);
    options.program = if !files.is_empty() {
        ProgramText::Files(files)
    } else if operands.is_empty() {
        return Err("no program".to_owned().into());
    } else {
        ProgramText::Given(operands.remove(0))
    };
    options.operands = operands;
    Ok(Command::Run(Box::new(options)))
}

/// Applies one option; Some for those that run no program.
fn apply(
    options: &mut Options,
    files: &mut Vec<OsString>,
    name: Name,
    value: Vec<u8>,
) -> Result<Option<Command>, Mistake> {
    match name {
        Name::File => files.push(OsString::from_vec(value)),
        Name::FieldSeparator => options.field_separator = Some(value),
        Name::Assign => match crate::host::assignment(&value) {
            Some((name, value)) => options.assignments.push((name.to_owned(), value.to_vec())),
            None => {
                let value = String::from_utf8_lossy(&value);
                let usage = !value.contains('=');
                return Err(Mistake {
                    message: format!("`{value}' is no assignment of the form name=value"),
                    usage,
                });
            }
        },
        Name::Bytes => options.bytes = true,
        Name::Fuel => options.fuel = Some(count(&value, &[])?),
        Name::MaxMemory => options.max_memory = Some(count(&value, &[(b'k', 10), (b'm', 20), (b'g', 30)])?),
        Name::MaxDepth => options.max_depth = Some(count(&value, &[])? as usize),
        Name::Timeout => options.timeout = Some(seconds(&value)?),
        #[cfg(feature = "jit")]
        Name::JitLog => options.jit_log = true,
        #[cfg(feature = "jit")]
        Name::NoJit => options.no_jit = true,
        Name::Help => return Ok(Some(Command::Help)),
        Name::Version => return Ok(Some(Command::Version)),
    }
    Ok(None)
}

/// A whole number, with a suffix that shifts it.
fn count(text: &[u8], suffixes: &[(u8, u32)]) -> Result<u64, String> {
    let suffix =
        suffixes.iter().find(|(suffix, _)| text.last().is_some_and(|b| b.eq_ignore_ascii_case(suffix)));
    let (digits, shift) = match suffix {
        Some((_, shift)) => (&text[..text.len() - 1], *shift),
        None => (text, 0),
    };
    let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u64>().ok());
    number
        .and_then(|number| number.checked_mul(1 << shift))
        .ok_or_else(|| format!("`{}' is no whole number", String::from_utf8_lossy(text)))
}

/// A time in seconds, with a fraction if need be.
fn seconds(text: &[u8]) -> Result<Duration, String> {
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or_else(|| format!("`{}' is no time in seconds", String::from_utf8_lossy(text)))
}

/// Whether the locale of the environment has UTF-8 characters.
pub(super) fn locale_is_utf8(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| variable(name).filter(|v| !v.is_empty()));
    let charset = locale.unwrap_or_default().as_bytes().to_ascii_lowercase();
    [&b"utf-8"[..], b"utf8"].iter().any(|name| memchr::memmem::find(&charset, name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Command, Mistake> {
        parse(arguments.iter().map(OsString::from).collect())
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
            assert_eq!(options(given).field_separator.as_deref(), Some(&b":"[..]), "{given:?}");
        }
        let given = options(&["-bvx=1", "-v", "y=a=b", "--assign", "z=", "p"]);
        assert!(given.bytes);
        let expected = [("x", "1"), ("y", "a=b"), ("z", "")];
        assert_eq!(given.assignments, expected.map(|(name, value)| (name.to_owned(), value.into())));
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
            (&["-v", "1x=3", "p"], "`1x=3' is no assignment of the form name=value"),
            (&["--fuel=x", "p"], "`x' is no whole number"),
            (&["--timeout=-1", "p"], "`-1' is no time in seconds"),
        ];
        for (arguments, message) in cases {
            let mistake = parsed(arguments).unwrap_err();
            assert_eq!(mistake.message, *message, "{arguments:?}");
        }
    }

    #[test]
    fn the_locale_is_found_as_posix_says() {
        let cases: &[(&[(&str, &str)], bool)] = &[
            (&[], false),
            (&[("LANG", "en_GB.UTF-8")], true),
            (&[("LANG", "de_DE.utf8"), ("LC_CTYPE", "C")], false),
            (&[("LC_ALL", ""), ("LC_CTYPE", "C.UTF-8")], true),
            (&[("LC_ALL", "POSIX"), ("LANG", "C.UTF-8")], false),
        ];
        for (variables, expected) in cases {
            let variable = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
            };
            assert_eq!(locale_is_utf8(variable), *expected, "{variables:?}");
        }
    }
}
