//! Reads a test file: tests, their directives and their chunks.

use fusevm::chunk::text::{AsmError, assemble};
use fusevm::{Chunk, Op, Value};

/// One test of a file.
pub struct Case {
    /// File and line where it begins, and its name if it has one.
    pub title: String,
    pub chunk: Result<Chunk, AsmError>,
    pub setup: Setup,
    pub expected: Expected,
}

/// What a run is given.
#[derive(Default)]
pub struct Setup {
    pub input: Vec<u8>,
    pub fuel: Option<u64>,
    pub max_depth: Option<usize>,
    pub max_heap: Option<u64>,
    pub globals: Vec<(String, Value)>,
    pub slots: Vec<(u16, Value)>,
    pub host: Host,
    /// Whether characters are bytes to the awk ops, not UTF-8.
    pub bytes: bool,
}

/// The host of a run, see `hosts`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Host {
    /// The VM's own, which refuses processes and files.
    #[default]
    None,
    /// One that notes the requests of shell ops.
    Shell,
    /// One that has records and files in memory for the awk ops.
    Awk,
}

/// What must come of it. What is not mentioned is not compared, but for the output and the log.
#[derive(Default)]
pub struct Expected {
    pub outcome: Option<Outcome>,
    pub line: Option<u32>,
    pub output: Vec<u8>,
    pub fuel_used: Option<u64>,
    pub globals: Vec<(String, Value)>,
    pub slots: Vec<(u16, Value)>,
    pub log: Vec<String>,
    /// Name and line of each frame of an error.
    pub call_stack: Option<Vec<String>>,
}

pub enum Outcome {
    AsmError(String),
    VerifyError(String),
    Value(Value),
    /// A number, whether Int or Float.
    Number(f64),
    Halted,
    /// Name of the kind, and a part of the message.
    Error(String, String),
}

/// Splits a file at its `; test:` lines. Directives before the first one hold for all tests.
pub fn parse(file: &str, text: &str) -> Result<Vec<Case>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut starts: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].starts_with("; test:")).collect();
    let head = starts.first().copied().unwrap_or(0);
    if starts.is_empty() {
        starts.push(0);
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    let case = |(start, end): (usize, usize)| {
        let name = lines[start].strip_prefix("; test:").unwrap_or_default();
        let mut case = Case {
            title: format!("{file}:{}{name}", start + 1),
            // Empty lines keep the numbers of the lines.
            chunk: assemble(file, &format!("{}{}", "\n".repeat(start), lines[start..end].join("\n"))),
            setup: Setup::default(),
            expected: Expected::default(),
        };
        for index in (0..head).chain(start..end) {
            let result = directive(&mut case, lines[index]);
            result.map_err(|message| format!("{file}:{}: {message}", index + 1))?;
        }
        match case.expected.outcome {
            Some(_) => Ok(case),
            None => Err(format!("{}: nothing is expected", case.title)),
        }
    };
    starts.iter().copied().zip(ends).map(case).collect()
}

/// The name and the argument of a directive; `None` for any other line.
fn split(line: &str) -> Option<(&str, &str)> {
    let (name, argument) = line.strip_prefix("; ")?.split_once(':')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    is_name.then_some((name, argument.trim()))
}

fn directive(case: &mut Case, line: &str) -> Result<(), String> {
    let Some((name, argument)) = split(line) else { return Ok(()) };
    let Case { setup, expected, .. } = case;
    let outcome = match name {
        "test" => return Ok(()),
        "asm-error" => Outcome::AsmError(argument.to_string()),
        "verify-error" => Outcome::VerifyError(argument.to_string()),
        "expect" if argument == "halted" => Outcome::Halted,
        "expect" => Outcome::Value(value(argument)?),
        "expect-number" => Outcome::Number(number(argument)?),
        "error" => {
            let (kind, message) = argument.split_once(':').unwrap_or((argument, ""));
            Outcome::Error(kind.trim().to_string(), message.trim().to_string())
        }
        _ => return detail(setup, expected, name, argument),
    };
    match expected.outcome.replace(outcome) {
        Some(_) => Err("a second outcome is expected".into()),
        None => Ok(()),
    }
}

fn detail(setup: &mut Setup, expected: &mut Expected, name: &str, argument: &str) -> Result<(), String> {
    match name {
        "input" => setup.input = bytes(argument)?,
        "fuel" => setup.fuel = Some(number(argument)?),
        "max-depth" => setup.max_depth = Some(number(argument)?),
        "max-heap" => setup.max_heap = Some(number(argument)?),
        "global" => setup.globals.push(assignment(argument)?),
        "slot" => setup.slots.push(slot(argument)?),
        "host" if argument == "recording" => setup.host = Host::Shell,
        "host" if argument == "awk" => setup.host = Host::Awk,
        "locale" if argument == "C" => setup.bytes = true,
        "line" => expected.line = Some(number(argument)?),
        "output" => expected.output.extend(bytes(argument)?),
        "fuel-used" => expected.fuel_used = Some(number(argument)?),
        "global-after" => expected.globals.push(assignment(argument)?),
        "slot-after" => expected.slots.push(slot(argument)?),
        "log" => expected.log.push(argument.to_string()),
        "stack" => {
            expected.call_stack = Some(argument.split_whitespace().map(str::to_string).collect());
        }
        _ => return Err(format!("unknown directive `{name}: {argument}`")),
    }
    Ok(())
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is no number in range"))
}

/// A value, written as a constant.
fn value(text: &str) -> Result<Value, String> {
    let chunk = assemble("the value", &format!("LoadConst {text}")).map_err(|error| error.to_string())?;
    match chunk.ops[..] {
        [Op::LoadConst(0)] => Ok(chunk.constants[0].to_value()),
        _ => Err(format!("{text:?} is no value")),
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    match value(text)? {
        Value::Str(bytes) => Ok(bytes.to_vec()),
        _ => Err(format!("{text:?} is no string")),
    }
}

/// `name = value`
fn assignment(text: &str) -> Result<(String, Value), String> {
    let (name, text) = text.split_once('=').ok_or("expected `name = value`")?;
    Ok((name.trim().to_string(), value(text.trim())?))
}

fn slot(text: &str) -> Result<(u16, Value), String> {
    let (slot, value) = assignment(text)?;
    Ok((number(&slot)?, value))
}
