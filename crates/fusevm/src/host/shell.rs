//! The host of the shell ops.

use crate::chunk::Chunk;
use crate::error::{ErrorKind, Fault, OpResult};
use crate::text::ere::{self, Ere};
use crate::text::shell::brace;
use crate::text::shell::chars::Locale;
use crate::text::shell::glob::{Pattern, PatternOptions};
use crate::text::shell::split;
use crate::text::shell::tilde::{self, Tilde};
use crate::value::{ByteStr, MaybeSend, Value, heap};
use crate::vm::VM;

/// Most bytes of the words that one brace expansion gives, where no heap limit says less.
const MAX_BRACE_BYTES: usize = 256 << 20;

/// What the shell ops do to the world: processes, files, descriptors, signals.
///
/// Matching and the expansions that need no world have real defaults. What needs a process or a file fails
/// with [`ErrorKind::NoHost`] by default.
///
/// While one of its methods runs, the host is taken out of the VM. A host whose methods evaluate chunks of
/// shell ops in the same VM gives the VM a handle of itself first, with [`VM::set_shell_host`].
pub trait ShellHost: MaybeSend {
    // ---- expansion -----------------------------------------------------------------------------

    /// The paths that match a pattern, sorted; `recursive` when `**` crosses directories.
    fn glob(&mut self, _vm: &mut VM, _pattern: &[u8], _recursive: bool) -> OpResult<Vec<ByteStr>> {
        Err(Fault::no_host("path expansion"))
    }

    /// A leading tilde as the directory that it means. By default what the globals `HOME`, `PWD` and
    /// `OLDPWD` say, and no other user's home.
    fn tilde_expand(&mut self, vm: &mut VM, text: &[u8]) -> OpResult<ByteStr> {
        let expanded = tilde::expand(text, |tilde| {
            let name = match tilde {
                Tilde::Home => "HOME",
                Tilde::WorkingDirectory => "PWD",
                Tilde::PreviousDirectory => "OLDPWD",
                Tilde::User(_) => return None,
            };
            vm.globals.get(name).filter(|value| **value != Value::Undef).map(|value| value.as_bytes().into())
        });
        Ok(expanded.into())
    }

    /// The words that the braces of a text stand for.
    fn brace_expand(&mut self, _vm: &mut VM, text: &[u8]) -> OpResult<Vec<ByteStr>> {
        let limit = heap::room().min(MAX_BRACE_BYTES);
        match brace::expand(text, limit) {
            Ok(words) => Ok(words.into_iter().map(ByteStr::from).collect()),
            Err(error) => Err(Fault::new(ErrorKind::Range, error.to_string())),
        }
    }

    /// The words of a text, split at the global `IFS`.
    fn word_split(&mut self, vm: &mut VM, text: &[u8]) -> OpResult<Vec<ByteStr>> {
        let ifs = vm.globals.get("IFS").filter(|value| **value != Value::Undef).map(Value::as_bytes);
        let mut words = Vec::new();
        split::each_field(text, ifs.as_deref(), Locale::Utf8, |word| words.push(ByteStr::new(word)));
        Ok(words)
    }

    /// A parameter with a modifier, a constant of [`param_mod`](crate::op::param_mod), applied. By default
    /// parameters are globals.
    fn expand_param(&mut self, vm: &mut VM, name: &str, modifier: u8, args: &[Value]) -> OpResult<Value> {
        super::param::expand(vm, name, modifier, args)
    }

    /// An element of an array or hash variable.
    fn array_index(&mut self, vm: &mut VM, name: &str, index: &Value) -> OpResult<Value> {
        crate::interp::ops::refs::index_get(&vm.get_global(name), index)
    }

    // ---- substitution --------------------------------------------------------------------------

    /// What a sub-chunk writes to its standard output.
    fn cmd_subst(&mut self, _vm: &mut VM, _sub: &Chunk) -> OpResult<Vec<u8>> {
        Err(Fault::no_host("command substitution"))
    }

    /// A path from which a sub-chunk's output can be read.
    fn process_sub_in(&mut self, _vm: &mut VM, _sub: &Chunk) -> OpResult<ByteStr> {
        Err(Fault::no_host("process substitution"))
    }

    /// A path whose content becomes a sub-chunk's input.
    fn process_sub_out(&mut self, _vm: &mut VM, _sub: &Chunk) -> OpResult<ByteStr> {
        Err(Fault::no_host("process substitution"))
    }

    // ---- redirection ---------------------------------------------------------------------------

    /// Redirects a descriptor; `op` is a constant of [`redirect_op`](crate::op::redirect_op).
    fn redirect(&mut self, _vm: &mut VM, _fd: u8, _op: u8, _target: &[u8]) -> OpResult<()> {
        Err(Fault::no_host("redirection"))
    }

    /// Makes a text the input of the next command.
    fn heredoc(&mut self, _vm: &mut VM, _text: &[u8]) -> OpResult<()> {
        Err(Fault::no_host("a here-document"))
    }

    /// Makes a text and a newline the input of the next command.
    fn herestring(&mut self, _vm: &mut VM, _text: &[u8]) -> OpResult<()> {
        Err(Fault::no_host("a here-string"))
    }

    /// Opens a scope of `count` redirections.
    fn with_redirects_begin(&mut self, _vm: &mut VM, _count: u8) -> OpResult<()> {
        Err(Fault::no_host("redirection"))
    }

    /// Undoes the innermost scope of redirections.
    fn with_redirects_end(&mut self, _vm: &mut VM) -> OpResult<()> {
        Err(Fault::no_host("redirection"))
    }

    // ---- pipelines and subshells ---------------------------------------------------------------

    /// Opens a pipeline of `stages` commands.
    fn pipeline_begin(&mut self, _vm: &mut VM, _stages: u8) -> OpResult<()> {
        Err(Fault::no_host("a pipeline"))
    }

    /// Ends a stage with the status that it left, and begins the next.
    fn pipeline_stage(&mut self, _vm: &mut VM, _status: i32) -> OpResult<()> {
        Err(Fault::no_host("a pipeline"))
    }

    /// Ends the last stage with the status that it left; the pipeline's own status.
    fn pipeline_end(&mut self, _vm: &mut VM, _status: i32) -> OpResult<i32> {
        Err(Fault::no_host("a pipeline"))
    }

    /// Opens an isolated scope.
    fn subshell_begin(&mut self, _vm: &mut VM) -> OpResult<()> {
        Err(Fault::no_host("a subshell"))
    }

    /// Closes the isolated scope. Some status, when the subshell has exited with one, becomes the VM's.
    fn subshell_end(&mut self, _vm: &mut VM) -> OpResult<Option<i32>> {
        Err(Fault::no_host("a subshell"))
    }

    // ---- traps ---------------------------------------------------------------------------------

    /// Sets the handler of a signal.
    fn trap_set(&mut self, _vm: &mut VM, _signal: &[u8], _handler: &Chunk) -> OpResult<()> {
        Err(Fault::no_host("a trap"))
    }

    /// Runs the handlers of signals that arrived. A host that sets no traps has none.
    fn trap_check(&mut self, _vm: &mut VM) -> OpResult<()> {
        Ok(())
    }

    // ---- execution -----------------------------------------------------------------------------

    /// Calls a function or builtin of the shell; `None` when there is none of that name, and the name is
    /// then executed as a command.
    fn call_function(&mut self, _vm: &mut VM, _name: &str, _args: &[Value]) -> OpResult<Option<i32>> {
        Ok(None)
    }

    /// Runs a command to its end; its status.
    fn exec(&mut self, _vm: &mut VM, argv: &[Value]) -> OpResult<i32> {
        Err(no_command(argv))
    }

    /// Starts a command in the background; the status of starting it.
    fn exec_bg(&mut self, _vm: &mut VM, argv: &[Value]) -> OpResult<i32> {
        Err(no_command(argv))
    }

    // ---- tests and matching --------------------------------------------------------------------

    /// Tests a file; `test` is a constant of [`file_test`](crate::op::file_test).
    fn test_file(&mut self, _vm: &mut VM, _path: &[u8], _test: u8) -> OpResult<bool> {
        Err(Fault::no_host("a file test"))
    }

    /// Whether the whole of a string matches a glob pattern.
    fn str_match(&mut self, _vm: &mut VM, text: &[u8], pattern: &[u8]) -> OpResult<bool> {
        Ok(Pattern::new(pattern, PatternOptions::default()).is_match(text))
    }

    /// Whether a string matches an extended regular expression somewhere.
    fn regex_match(&mut self, _vm: &mut VM, text: &[u8], regex: &[u8]) -> OpResult<bool> {
        match Ere::new(regex, &ere::Options { utf8: true, ..ere::Options::POSIX }) {
            Ok(ere) => Ok(ere.is_match(text)),
            Err(error) => Err(Fault::new(ErrorKind::Syntax, error.to_string())),
        }
    }
}

#[cold]
fn no_command(argv: &[Value]) -> Fault {
    let name = argv.first().map(Value::to_str).unwrap_or_default();
    Fault::no_host(&format!("running the command `{name}`"))
}
