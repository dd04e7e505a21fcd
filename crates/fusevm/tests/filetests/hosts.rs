//! What the tested programs can call: builtins, extension handlers, and hosts that note what they are asked
//! to do instead of doing it.

use fusevm::awk_host::{Destination, LineSource, OutputMode, ReadStatus};
use fusevm::error::{ErrorKind, Fault, OpResult};
use fusevm::op::{file_test, redirect_op};
use fusevm::value::ByteStr;
use fusevm::{AwkHost, Chunk, ShellHost, VM, Value};
use std::sync::{Arc, Mutex};

/// Registers the builtins and handlers that the README of the file tests lists.
pub fn register(vm: &mut VM) {
    vm.register_builtin(1, |vm, n| Value::int((0..n).map(|_| vm.pop().to_int()).sum()));
    vm.register_builtin(2, |_, _| Value::str("leaves its arguments"));
    vm.register_builtin(3, |vm, n| (0..=n).map(|_| vm.pop()).collect());
    vm.register_builtin(4, |vm, _| {
        vm.raise("raised by a builtin");
        Value::Undef
    });
    vm.register_builtin(5, |vm, _| {
        let argument = vm.pop();
        match vm.call("twice", &[argument]) {
            fusevm::VMResult::Ok(value) => value,
            fusevm::VMResult::Error(error) => {
                vm.raise(error.fault().clone());
                Value::Undef
            }
            _ => Value::Undef,
        }
    });
    vm.set_extension_handler(Box::new(|vm, id, argument| match id {
        1 => {
            let (b, a) = (vm.pop(), vm.pop());
            vm.push(Value::int(a.to_int() * i64::from(argument) + b.to_int()));
        }
        2 => vm.raise(format!("extension {id} says no")),
        // Breaks a declared effect of one result.
        3 => {}
        _ => {
            let top = vm.pop();
            vm.push(Value::bool(top.is_truthy()));
        }
    }));
    vm.set_extension_wide_handler(Box::new(|vm, id, argument| {
        vm.push(Value::array(vec![Value::int(id.into()), Value::int(argument as i64)]));
    }));
}

/// What a host was asked to do.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, line: impl Into<String>) {
        let line = line.into();
        self.0.lock().expect("no test thread panicked").push(line.trim_end().to_string());
    }

    pub fn lines(&self) -> Vec<String> {
        self.0.lock().expect("no test thread panicked").clone()
    }
}

/// A shell host that notes every request. Commands end with the number of their arguments as status, a
/// sub-chunk's output is its source's name with two newlines, and only `/dir` exists, as a directory.
pub struct RecordingHost(pub Log);

impl RecordingHost {
    fn note(&self, line: impl Into<String>) {
        self.0.note(line);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn words(values: &[Value]) -> String {
    values.iter().map(Value::to_str).collect::<Vec<_>>().join(" ")
}

impl ShellHost for RecordingHost {
    fn glob(&mut self, _vm: &mut VM, pattern: &[u8], recursive: bool) -> OpResult<Vec<ByteStr>> {
        self.note(format!("glob {} {recursive}", text(pattern)));
        Ok(vec![ByteStr::from("a.c"), ByteStr::from("b.c")])
    }

    fn cmd_subst(&mut self, _vm: &mut VM, sub: &Chunk) -> OpResult<Vec<u8>> {
        self.note(format!("cmd_subst {}", sub.source));
        Ok(format!("{}\n\n", sub.source).into_bytes())
    }

    fn process_sub_in(&mut self, _vm: &mut VM, sub: &Chunk) -> OpResult<ByteStr> {
        self.note(format!("process_sub_in {}", sub.source));
        Ok(ByteStr::from("/dev/fd/63"))
    }

    fn process_sub_out(&mut self, _vm: &mut VM, sub: &Chunk) -> OpResult<ByteStr> {
        self.note(format!("process_sub_out {}", sub.source));
        Ok(ByteStr::from("/dev/fd/64"))
    }

    fn redirect(&mut self, _vm: &mut VM, fd: u8, op: u8, target: &[u8]) -> OpResult<()> {
        self.note(format!("redirect {fd} {} {}", redirect_op::name(op).unwrap_or("?"), text(target)));
        Ok(())
    }

    fn heredoc(&mut self, _vm: &mut VM, body: &[u8]) -> OpResult<()> {
        self.note(format!("heredoc {}", text(body)));
        Ok(())
    }

    fn herestring(&mut self, _vm: &mut VM, word: &[u8]) -> OpResult<()> {
        self.note(format!("herestring {}", text(word)));
        Ok(())
    }

    fn with_redirects_begin(&mut self, _vm: &mut VM, count: u8) -> OpResult<()> {
        self.note(format!("with_redirects_begin {count}"));
        Ok(())
    }

    fn with_redirects_end(&mut self, _vm: &mut VM) -> OpResult<()> {
        self.note("with_redirects_end");
        Ok(())
    }

    fn pipeline_begin(&mut self, _vm: &mut VM, stages: u8) -> OpResult<()> {
        self.note(format!("pipeline_begin {stages}"));
        Ok(())
    }

    fn pipeline_stage(&mut self, _vm: &mut VM, status: i32) -> OpResult<()> {
        self.note(format!("pipeline_stage {status}"));
        Ok(())
    }

    fn pipeline_end(&mut self, _vm: &mut VM, status: i32) -> OpResult<i32> {
        self.note(format!("pipeline_end {status}"));
        Ok(status)
    }

    fn subshell_begin(&mut self, _vm: &mut VM) -> OpResult<()> {
        self.note("subshell_begin");
        Ok(())
    }

    fn subshell_end(&mut self, _vm: &mut VM) -> OpResult<Option<i32>> {
        self.note("subshell_end");
        Ok(Some(9))
    }

    fn trap_set(&mut self, _vm: &mut VM, signal: &[u8], handler: &Chunk) -> OpResult<()> {
        self.note(format!("trap_set {} {}", text(signal), handler.source));
        Ok(())
    }

    fn trap_check(&mut self, _vm: &mut VM) -> OpResult<()> {
        self.note("trap_check");
        Ok(())
    }

    fn call_function(&mut self, _vm: &mut VM, name: &str, args: &[Value]) -> OpResult<Option<i32>> {
        self.note(format!("call_function {name} {}", words(args)));
        Ok((name == "known").then_some(7))
    }

    fn exec(&mut self, _vm: &mut VM, argv: &[Value]) -> OpResult<i32> {
        self.note(format!("exec {}", words(argv)));
        match argv {
            [] => Err(Fault::new(ErrorKind::Host, "no command")),
            [_, args @ ..] => Ok(args.len() as i32),
        }
    }

    fn exec_bg(&mut self, _vm: &mut VM, argv: &[Value]) -> OpResult<i32> {
        self.note(format!("exec_bg {}", words(argv)));
        Ok(0)
    }

    fn test_file(&mut self, _vm: &mut VM, path: &[u8], test: u8) -> OpResult<bool> {
        self.note(format!("test_file {} {}", file_test::name(test).unwrap_or("?"), text(path)));
        Ok(path == b"/dir" && matches!(test, file_test::IS_DIR | file_test::EXISTS))
    }
}

/// An awk host whose main input is the test's, of which it lends the lines behind each that it is asked for, with a file or command
/// of any name but `missing` that has one line, and that notes what is written.
pub struct MemoryHost {
    log: Log,
    /// What is neither read nor lent.
    rest: Vec<u8>,
}

impl MemoryHost {
    pub fn new(log: Log, input: &[u8]) -> MemoryHost {
        MemoryHost { log, rest: input.to_vec() }
    }
}

impl AwkHost for MemoryHost {
    fn next_record(&mut self, vm: &mut VM, to: Destination) -> OpResult<ReadStatus> {
        let unread = [vm.awk().lines_ahead().take_back(), &self.rest].concat();
        if unread.is_empty() {
            return Ok(ReadStatus::End);
        }
        let end = unread.iter().position(|byte| *byte == b'\n').unwrap_or(unread.len());
        vm.awk().accept(to, &unread[..end])?;
        self.rest = unread[unread.len().min(end + 1)..].to_vec();
        let length = self.rest.len();
        let ahead = vm.awk().lines_ahead();
        let (_, lines_end) = ahead.lend(self.rest.clone(), 0..length, b'\n');
        self.rest.drain(..lines_end);
        Ok(ReadStatus::Line)
    }

    fn getline(
        &mut self,
        vm: &mut VM,
        source: LineSource,
        name: &[u8],
        to: Destination,
    ) -> OpResult<ReadStatus> {
        let source = if source == LineSource::File { "file" } else { "command" };
        self.log.note(format!("getline {source} {}", text(name)));
        if name == b"missing" {
            return Ok(ReadStatus::Failed);
        }
        let line = format!("line of {source} {}", text(name));
        vm.awk().accept(to, line.as_bytes()).map(|()| ReadStatus::Line)
    }

    fn write(&mut self, _vm: &mut VM, mode: OutputMode, name: &[u8], bytes: &[u8]) -> OpResult<()> {
        self.log.note(format!("write {mode:?} {} {}", text(name), text(bytes)));
        Ok(())
    }
}
