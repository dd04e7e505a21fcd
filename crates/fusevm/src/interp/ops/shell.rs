//! The shell ops: operands to bytes and values, the work to the VM's [`ShellHost`](crate::ShellHost).

use super::strings::string_form;
use super::{pop, pop_many};
use crate::chunk::Chunk;
use crate::error::OpResult;
use crate::interp::unit::Unit;
use crate::op::{Op, param_mod};
use crate::value::{ByteStr, Value};
use crate::vm::VM;

/// The value as an exit status.
pub(crate) fn status_of(value: &Value) -> i32 {
    match value {
        Value::Status(code) => *code,
        _ => value.to_int().clamp(i32::MIN.into(), i32::MAX.into()) as i32,
    }
}

fn strings(list: Vec<ByteStr>) -> Value {
    list.into_iter().map(Value::of_str).collect()
}

/// The arguments of a command: an array among the values stands for its elements.
fn splice(values: Vec<Value>) -> Vec<Value> {
    let mut argv = Vec::with_capacity(values.len());
    for value in values {
        match value {
            Value::Array(array) => argv.extend(array.into_vec()),
            value => argv.push(value),
        }
    }
    argv
}

fn sub_chunk(unit: &Unit, index: u16) -> &Chunk {
    &unit.chunk().sub_chunks[usize::from(index)]
}

/// Executes a shell op.
pub(crate) fn execute(vm: &mut VM, unit: &Unit, op: Op) -> OpResult<()> {
    let result = match op {
        Op::Exec(n) => {
            let argv = splice(pop_many(vm, n.into()));
            Value::Status(vm.with_shell_host(|host, vm| host.exec(vm, &argv))?)
        }
        Op::ExecBg(n) => {
            let argv = splice(pop_many(vm, n.into()));
            Value::Status(vm.with_shell_host(|host, vm| host.exec_bg(vm, &argv))?)
        }
        Op::CallFunction(name, n) => {
            let args = splice(pop_many(vm, n.into()));
            call_function(vm, unit.name(name), args)?
        }
        Op::PipelineBegin(stages) => return vm.with_shell_host(|host, vm| host.pipeline_begin(vm, stages)),
        Op::PipelineStage => {
            let status = status_of(&pop(vm));
            return vm.with_shell_host(|host, vm| host.pipeline_stage(vm, status));
        }
        Op::PipelineEnd => {
            let status = status_of(&pop(vm));
            Value::Status(vm.with_shell_host(|host, vm| host.pipeline_end(vm, status))?)
        }
        Op::Redirect(fd, redirection) => {
            let target = pop(vm);
            let target = string_form(&target)?;
            return vm.with_shell_host(|host, vm| host.redirect(vm, fd, redirection, &target));
        }
        Op::HereDoc(constant) => {
            let text = string_form(&unit.constants[usize::from(constant)])?;
            return vm.with_shell_host(|host, vm| host.heredoc(vm, &text));
        }
        Op::HereString => {
            let text = pop(vm);
            let text = string_form(&text)?;
            return vm.with_shell_host(|host, vm| host.herestring(vm, &text));
        }
        Op::WithRedirectsBegin(count) => {
            return vm.with_shell_host(|host, vm| host.with_redirects_begin(vm, count));
        }
        Op::WithRedirectsEnd => return vm.with_shell_host(|host, vm| host.with_redirects_end(vm)),
        Op::CmdSubst(sub) => {
            let mut text = vm.with_shell_host(|host, vm| host.cmd_subst(vm, sub_chunk(unit, sub)))?;
            let kept = text.iter().rposition(|byte| *byte != b'\n').map_or(0, |last| last + 1);
            text.truncate(kept);
            Value::from(text)
        }
        Op::ProcessSubIn(sub) => {
            Value::Str(vm.with_shell_host(|host, vm| host.process_sub_in(vm, sub_chunk(unit, sub)))?)
        }
        Op::ProcessSubOut(sub) => {
            Value::Str(vm.with_shell_host(|host, vm| host.process_sub_out(vm, sub_chunk(unit, sub)))?)
        }
        Op::SubshellBegin => return vm.with_shell_host(|host, vm| host.subshell_begin(vm)),
        Op::SubshellEnd => {
            if let Some(status) = vm.with_shell_host(|host, vm| host.subshell_end(vm))? {
                vm.status = status;
            }
            return Ok(());
        }
        Op::Glob | Op::GlobRecursive => {
            let recursive = op == Op::GlobRecursive;
            let paths =
                on_text(vm, |vm, pattern| vm.with_shell_host(|host, vm| host.glob(vm, pattern, recursive)))?;
            strings(paths)
        }
        Op::TestFile(test) => Value::Bool(on_text(vm, |vm, path| {
            vm.with_shell_host(|host, vm| host.test_file(vm, path, test))
        })?),
        Op::SetStatus => {
            vm.status = status_of(&pop(vm));
            return Ok(());
        }
        Op::GetStatus => Value::Status(vm.status),
        Op::TrapSet(sub) => {
            return on_text(vm, |vm, signal| {
                vm.with_shell_host(|host, vm| host.trap_set(vm, signal, sub_chunk(unit, sub)))
            });
        }
        Op::TrapCheck => return vm.with_shell_host(|host, vm| host.trap_check(vm)),
        Op::ExpandParam(modifier) => {
            let args = pop_many(vm, param_mod::argument_count(modifier));
            let name = pop(vm).to_str();
            vm.with_shell_host(|host, vm| host.expand_param(vm, &name, modifier, &args))?
        }
        Op::WordSplit => {
            strings(on_text(vm, |vm, text| vm.with_shell_host(|host, vm| host.word_split(vm, text)))?)
        }
        Op::BraceExpand => {
            strings(on_text(vm, |vm, text| vm.with_shell_host(|host, vm| host.brace_expand(vm, text)))?)
        }
        Op::TildeExpand => {
            Value::Str(on_text(vm, |vm, text| vm.with_shell_host(|host, vm| host.tilde_expand(vm, text)))?)
        }
        Op::StrMatch => Value::Bool(on_two_texts(vm, |vm, text, pattern| {
            vm.with_shell_host(|host, vm| host.str_match(vm, text, pattern))
        })?),
        Op::RegexMatch => Value::Bool(on_two_texts(vm, |vm, text, regex| {
            vm.with_shell_host(|host, vm| host.regex_match(vm, text, regex))
        })?),
        _ => unreachable!("{} is no shell op", op.info().name),
    };
    vm.stack.push(result);
    Ok(())
}

/// A function or builtin of the host; when it knows none of that name, the command of that name.
fn call_function(vm: &mut VM, name: &str, args: Vec<Value>) -> OpResult<Value> {
    let status = match vm.with_shell_host(|host, vm| host.call_function(vm, name, &args))? {
        Some(status) => status,
        None => {
            let argv: Vec<Value> = std::iter::once(Value::from(name)).chain(args).collect();
            vm.with_shell_host(|host, vm| host.exec(vm, &argv))?
        }
    };
    Ok(Value::Status(status))
}

/// Runs `work` on the string form of the top value, which it takes.
fn on_text<T>(vm: &mut VM, work: impl FnOnce(&mut VM, &[u8]) -> OpResult<T>) -> OpResult<T> {
    let text = pop(vm);
    work(vm, &string_form(&text)?)
}

/// Runs `work` on the string forms of the top two values, which it takes.
fn on_two_texts<T>(vm: &mut VM, work: impl FnOnce(&mut VM, &[u8], &[u8]) -> OpResult<T>) -> OpResult<T> {
    let (second, first) = (pop(vm), pop(vm));
    work(vm, &string_form(&first)?, &string_form(&second)?)
}
