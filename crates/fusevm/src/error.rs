//! Errors of a run: what went wrong, where in the program, and through which calls.

use crate::chunk::VerifyError;
use crate::value::Value;
use std::fmt;

/// What kind of error ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The chunk's builder had failed.
    Build,
    /// The chunk did not verify.
    Verify,
    /// A value of the wrong kind.
    Type,
    /// An index or count out of the allowed range.
    Range,
    /// Integer overflow in trap mode, or a zero divisor where that is an error.
    Arithmetic,
    /// A call of a sub that does not exist, or with too few arguments.
    Call,
    /// A builtin that is not registered, or that broke its contract.
    Builtin,
    /// An extension op without a handler, or a handler that broke its declaration.
    Extension,
    /// The operand stack ran empty: only where effects are undeclared.
    Stack,
    /// The program threw a value and nothing caught it.
    Thrown,
    /// The op needs power that the host was not given: a process, a file, an environment.
    NoHost,
    /// The host tried and failed.
    Host,
    /// A handler or host panicked.
    HostPanic,
    /// Reading the input or writing the output failed.
    Io,
    /// A regular expression, format or other small language did not parse.
    Syntax,
    /// The fuel ran out.
    Fuel,
    /// The heap limit was reached.
    Heap,
    /// The depth limit was reached.
    Depth,
    /// Another thread interrupted the run.
    Interrupted,
    /// An awk signal (next, nextfile, exit) that nothing handled.
    Signal,
}

impl ErrorKind {
    /// Whether a try region can catch it. Limits end the run whatever the program does.
    pub fn is_catchable(self) -> bool {
        !matches!(
            self,
            ErrorKind::Build
                | ErrorKind::Verify
                | ErrorKind::HostPanic
                | ErrorKind::Fuel
                | ErrorKind::Heap
                | ErrorKind::Depth
                | ErrorKind::Interrupted
        )
    }

    /// The kind's name in messages and file tests.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::Build => "build error",
            ErrorKind::Verify => "verification error",
            ErrorKind::Type => "type error",
            ErrorKind::Range => "range error",
            ErrorKind::Arithmetic => "arithmetic error",
            ErrorKind::Call => "call error",
            ErrorKind::Builtin => "builtin error",
            ErrorKind::Extension => "extension error",
            ErrorKind::Stack => "stack error",
            ErrorKind::Thrown => "uncaught error",
            ErrorKind::NoHost => "not allowed here",
            ErrorKind::Host => "host error",
            ErrorKind::HostPanic => "host panic",
            ErrorKind::Io => "I/O error",
            ErrorKind::Syntax => "syntax error",
            ErrorKind::Fuel => "out of fuel",
            ErrorKind::Heap => "out of memory",
            ErrorKind::Depth => "too deep",
            ErrorKind::Interrupted => "interrupted",
            ErrorKind::Signal => "unhandled signal",
        }
    }
}

/// An error that an op, a host or a handler reports; the VM adds the place.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault(Box<FaultBody>);

#[derive(Clone, Debug, PartialEq)]
struct FaultBody {
    kind: ErrorKind,
    message: String,
    value: Option<Value>,
    /// Where it first happened, when it was caught and is thrown again.
    frames: Option<Vec<Frame>>,
}

/// What ops, hosts and handlers return.
pub type OpResult<T> = Result<T, Fault>;

impl Fault {
    /// An error of a kind with a message for people.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Fault {
        Fault(Box::new(FaultBody { kind, message: message.into(), value: None, frames: None }))
    }

    /// An op that needs a host with more power.
    #[cold]
    pub fn no_host(what: &str) -> Fault {
        Fault::new(ErrorKind::NoHost, format!("{what} needs a host that allows it"))
    }

    /// A value that the program threw.
    #[cold]
    pub fn thrown(value: Value) -> Fault {
        let message = value.to_str();
        Fault(Box::new(FaultBody { kind: ErrorKind::Thrown, message, value: Some(value), frames: None }))
    }

    /// An awk signal; a try region catches it as the Status of its number.
    #[cold]
    pub fn signal(signal: u8) -> Fault {
        let name = crate::op::awk_signal::name(signal).unwrap_or("?").to_ascii_lowercase();
        Fault(Box::new(FaultBody {
            kind: ErrorKind::Signal,
            message: format!("`{name}` outside of a record loop"),
            value: Some(Value::Status(signal.into())),
            frames: None,
        }))
    }

    /// The kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message, without a place.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The fault of an error that was caught, with its place.
    pub(crate) fn again(error: &VMError) -> Fault {
        let mut fault = error.0.fault.clone();
        fault.0.frames = Some(error.0.frames.clone());
        fault
    }

    /// Takes the place of an error that is thrown again.
    pub(crate) fn take_frames(&mut self) -> Option<Vec<Frame>> {
        self.0.frames.take()
    }

    /// What a handler of a try region finds on the stack: the thrown value, or the message.
    pub fn to_value(&self) -> Value {
        self.0.value.clone().unwrap_or_else(|| Value::str(self.0.message.as_str()))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Fault {}

impl From<&str> for Fault {
    fn from(message: &str) -> Fault {
        Fault::thrown(Value::str(message))
    }
}

impl From<String> for Fault {
    fn from(message: String) -> Fault {
        Fault::thrown(Value::str(message))
    }
}

impl From<Value> for Fault {
    fn from(value: Value) -> Fault {
        Fault::thrown(value)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Fault {
        Fault::new(ErrorKind::Io, error.to_string())
    }
}

/// A frame of the program's call stack, as errors and debuggers show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The sub's name; empty for a chunk's own code.
    pub name: String,
    /// Name of the source.
    pub source: String,
    /// Line within the source, 0 when unknown.
    pub line: u32,
    /// Index of the op within its chunk.
    pub op_index: usize,
}

/// An error that ended a run, with its place in the program.
#[derive(Clone, Debug, PartialEq)]
pub struct VMError(Box<ErrorBody>);

#[derive(Clone, Debug, PartialEq)]
struct ErrorBody {
    fault: Fault,
    frames: Vec<Frame>,
}

impl VMError {
    /// A fault at a place: the innermost frame first.
    pub(crate) fn new(fault: Fault, frames: Vec<Frame>) -> VMError {
        VMError(Box::new(ErrorBody { fault, frames }))
    }

    /// The kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.0.fault.kind()
    }

    /// The message, without the place.
    pub fn message(&self) -> &str {
        self.0.fault.message()
    }

    /// The thrown value, or the message as a string.
    pub fn value(&self) -> Value {
        self.0.fault.to_value()
    }

    /// The fault without its place, to raise it again.
    pub fn fault(&self) -> &Fault {
        &self.0.fault
    }

    /// Name of the source where it happened; empty when unknown.
    pub fn source_name(&self) -> &str {
        self.0.frames.first().map_or("", |frame| &frame.source)
    }

    /// Line where it happened, 0 when unknown.
    pub fn line(&self) -> u32 {
        self.0.frames.first().map_or(0, |frame| frame.line)
    }

    /// Index of the op that failed, when there is one.
    pub fn op_index(&self) -> Option<usize> {
        self.0.frames.first().map(|frame| frame.op_index)
    }

    /// The program's call stack, innermost frame first.
    pub fn call_stack(&self) -> &[Frame] {
        &self.0.frames
    }
}

impl From<VerifyError> for VMError {
    fn from(error: VerifyError) -> VMError {
        let kind = if error.is_from_builder() { ErrorKind::Build } else { ErrorKind::Verify };
        let place = Frame {
            name: String::new(),
            source: error.source().to_string(),
            line: error.line(),
            op_index: error.op().unwrap_or(0),
        };
        VMError::new(Fault::new(kind, error.message()), vec![place])
    }
}

/// Frames shown at each end of a long call stack.
const SHOWN_FRAMES: usize = 8;

/// A frame's place as messages name it: `source:line`, without what is unknown, or else the op.
impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Frame { source, line, op_index, .. } = self;
        match (source.is_empty(), line) {
            (true, 0) => write!(f, "op {op_index}"),
            (true, line) => write!(f, "line {line}"),
            (false, 0) => write!(f, "{source}: op {op_index}"),
            (false, line) => write!(f, "{source}:{line}"),
        }
    }
}

impl fmt::Display for VMError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frames = self.call_stack();
        // What is wrong with a chunk names the op itself.
        let of_chunk = matches!(self.kind(), ErrorKind::Build | ErrorKind::Verify);
        match frames.first() {
            Some(place) if of_chunk && place.line == 0 && place.source.is_empty() => {}
            Some(place) if of_chunk && place.line == 0 => write!(f, "{}: ", place.source)?,
            Some(place) => write!(f, "{place}: ")?,
            None => {}
        }
        write!(f, "{}: {}", self.kind().name(), self.message())?;
        let calls = frames.len().saturating_sub(1);
        for (index, pair) in frames.windows(2).enumerate() {
            if index == SHOWN_FRAMES && calls > 2 * SHOWN_FRAMES {
                write!(f, "\n  ... {} more calls", calls - 2 * SHOWN_FRAMES)?;
            }
            if index >= SHOWN_FRAMES && index + SHOWN_FRAMES < calls {
                continue;
            }
            write!(f, "\n  in {}, called at {}", pair[0].name, pair[1])?;
        }
        Ok(())
    }
}

impl std::error::Error for VMError {}
