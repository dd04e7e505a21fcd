//! What the ops mean.
//!
//! Each op's meaning is one function on values, which both interpreters call. [`execute`] puts them to the
//! operand stack, for every op that is no control flow and touches no frame: those are the engines' own.

pub(crate) mod arith;
pub(crate) mod awk;
pub(crate) mod bits;
pub(crate) mod collections;
pub(crate) mod compare;
pub(crate) mod io;
pub(crate) mod math;
pub(crate) mod refs;
pub(crate) mod shell;
pub(crate) mod strings;

#[cfg(test)]
mod tests;

use super::unit::Unit;
use crate::error::OpResult;
use crate::op::Op;
use crate::value::{Array, Code, Hash, Ref, Value, words};
use crate::vm::{ExtensionArg, VM};

/// Takes the top value.
#[inline]
pub(crate) fn pop(vm: &mut VM) -> Value {
    debug_assert!(!vm.stack.is_empty());
    words::pop(&mut vm.stack).unwrap_or_default()
}

/// Takes the top `n` values, the lowest first.
pub(crate) fn pop_many(vm: &mut VM, n: usize) -> Vec<Value> {
    let first = vm.stack.len() - n;
    vm.stack.split_off(first)
}

/// Puts a result in the place of the top value.
#[inline]
pub(crate) fn unary(vm: &mut VM, op: impl FnOnce(&Value) -> OpResult<Value>) -> OpResult<()> {
    let a = pop(vm);
    vm.stack.push(op(&a)?);
    Ok(())
}

/// Puts a result in the place of the top two values.
#[inline]
pub(crate) fn binary(vm: &mut VM, op: impl FnOnce(&Value, &Value) -> OpResult<Value>) -> OpResult<()> {
    let (b, a) = (pop(vm), pop(vm));
    vm.stack.push(op(&a, &b)?);
    Ok(())
}

/// Executes an op on the VM's operand stack; the caller has checked that its operands are there.
///
/// Control flow, slots, scopes, calls of subs, blocks and captures depend on the engine and are not done
/// here.
pub(crate) fn execute(vm: &mut VM, unit: &Unit, op: Op) -> OpResult<()> {
    match op {
        Op::Nop => Ok(()),
        Op::LoadInt(n) => push(vm, Value::Int(n)),
        Op::LoadFloat(f) => push(vm, Value::Float(f)),
        Op::LoadConst(index) => push(vm, unit.constants[usize::from(index)].clone()),
        Op::LoadTrue => push(vm, Value::Bool(true)),
        Op::LoadFalse => push(vm, Value::Bool(false)),
        Op::LoadUndef => push(vm, Value::Undef),
        Op::Pop => {
            pop(vm);
            Ok(())
        }
        Op::Dup => copy_top(vm, 1),
        Op::Dup2 => copy_top(vm, 2),
        Op::Swap => rotate_top(vm, 2),
        Op::Rot => rotate_top(vm, 3),

        Op::GetVar(name) => {
            let value = vm.globals.values[unit.global(name)].clone();
            push(vm, value)
        }
        Op::SetVar(name) => {
            let value = pop(vm);
            set_global(vm, unit, name, value)
        }

        Op::GetArray(name) => {
            let array = collections::to_array(&vm.globals.values[unit.global(name)]);
            push(vm, Value::Array(array))
        }
        Op::SetArray(name) => {
            let array = match pop(vm) {
                Value::Array(array) => array,
                _ => Array::new(),
            };
            set_global(vm, unit, name, Value::Array(array))
        }
        Op::DeclareArray(name) => set_global(vm, unit, name, Value::Array(Array::new())),
        Op::ArrayGet(name) => {
            on_global(vm, unit, name, |array, index| Ok(collections::array_get(array, index)))
        }
        Op::ArraySet(name) => set_in_global(vm, unit, name, collections::array_set),
        Op::ArrayPush(name) => {
            let value = pop(vm);
            collections::array_push(&mut vm.globals.values[unit.global(name)], value)
        }
        Op::ArrayPop(name) => take_from_global(vm, unit, name, collections::array_pop),
        Op::ArrayShift(name) => take_from_global(vm, unit, name, collections::array_shift),
        Op::ArrayLen(name) => take_from_global(vm, unit, name, |array| collections::array_len(array)),
        Op::MakeArray(n) => {
            let values = pop_many(vm, n.into());
            push(vm, Value::array(values))
        }
        Op::GetHash(name) => {
            let hash = collections::to_hash(&vm.globals.values[unit.global(name)]);
            push(vm, Value::Hash(hash))
        }
        Op::SetHash(name) => {
            let hash = match pop(vm) {
                Value::Hash(hash) => hash,
                _ => Hash::new(),
            };
            set_global(vm, unit, name, Value::Hash(hash))
        }
        Op::DeclareHash(name) => set_global(vm, unit, name, Value::Hash(Hash::new())),
        Op::HashGet(name) => on_global(vm, unit, name, |hash, key| collections::hash_get(hash, key)),
        Op::HashSet(name) => set_in_global(vm, unit, name, collections::hash_set),
        Op::HashDelete(name) => on_global(vm, unit, name, collections::hash_delete),
        Op::HashExists(name) => on_global(vm, unit, name, |hash, key| collections::hash_exists(hash, key)),
        Op::HashKeys(name) => {
            let keys = collections::hash_keys(&vm.globals.values[unit.global(name)])?;
            push(vm, keys)
        }
        Op::HashValues(name) => {
            let values = collections::hash_values(&vm.globals.values[unit.global(name)])?;
            push(vm, values)
        }
        Op::MakeHash(n) => {
            let values = pop_many(vm, n.into());
            push(vm, collections::make_hash(values)?)
        }

        Op::RefNew => {
            let value = pop(vm);
            push(vm, Value::Ref(Ref::new(value)))
        }
        Op::RefGet => unary(vm, |value| Ok(refs::ref_get(value))),
        Op::RefSet => {
            let (target, value) = (pop(vm), pop(vm));
            refs::ref_set(value, &target)
        }
        Op::IndexGet => binary(vm, refs::index_get),
        Op::IndexExists => binary(vm, refs::index_exists),
        Op::IndexDelete => binary(vm, refs::index_delete),
        Op::IndexSet => {
            let (target, key, value) = (pop(vm), pop(vm), pop(vm));
            refs::index_set(value, &key, &target)
        }
        Op::IndexLen => unary(vm, |collection| Ok(refs::index_len(collection))),
        Op::IndexKeys => unary(vm, refs::index_keys),
        Op::IndexPush => {
            let (target, value) = (pop(vm), pop(vm));
            refs::index_push(value, &target)
        }
        Op::IndexPop => unary(vm, refs::index_pop),
        Op::IndexShift => unary(vm, refs::index_shift),
        Op::MakeClosure(name, n) => {
            let captures = pop_many(vm, n.into());
            let code = Code::new(unit.name(name), unit.subs[usize::from(name)], captures);
            push(vm, Value::Code(code))
        }

        Op::Add => binary(vm, |a, b| arith::add(a, b, unit.integer_mode())),
        Op::Sub => binary(vm, |a, b| arith::sub(a, b, unit.integer_mode())),
        Op::Mul => binary(vm, |a, b| arith::mul(a, b, unit.integer_mode())),
        Op::Div => binary(vm, |a, b| arith::div(a, b, unit.chunk().div_zero_error)),
        Op::Mod => binary(vm, |a, b| arith::modulo(a, b, unit.integer_mode(), unit.chunk().div_zero_error)),
        Op::Pow => binary(vm, |a, b| Ok(arith::pow(a, b))),
        Op::Negate => unary(vm, |a| arith::negate(a, unit.integer_mode())),
        Op::Inc => unary(vm, |a| arith::inc(a, unit.integer_mode())),
        Op::Dec => unary(vm, |a| arith::dec(a, unit.integer_mode())),

        Op::Concat => {
            let (right, left) = (pop(vm), pop(vm));
            push(vm, strings::concat(left, &right)?)
        }
        Op::StringRepeat => binary(vm, strings::repeat),
        Op::StringLen => unary(vm, strings::len),

        Op::NumEq => binary(vm, |a, b| Ok(Value::Bool(compare::num_eq(a, b)))),
        Op::NumNe => binary(vm, |a, b| Ok(Value::Bool(compare::num_ne(a, b)))),
        Op::NumLt => binary(vm, |a, b| Ok(Value::Bool(compare::num_lt(a, b)))),
        Op::NumGt => binary(vm, |a, b| Ok(Value::Bool(compare::num_gt(a, b)))),
        Op::NumLe => binary(vm, |a, b| Ok(Value::Bool(compare::num_le(a, b)))),
        Op::NumGe => binary(vm, |a, b| Ok(Value::Bool(compare::num_ge(a, b)))),
        Op::Spaceship => binary(vm, |a, b| Ok(compare::spaceship(a, b))),
        Op::StrEq => binary(vm, |a, b| Ok(Value::Bool(compare::str_eq(a, b)?))),
        Op::StrNe => binary(vm, |a, b| Ok(Value::Bool(!compare::str_eq(a, b)?))),
        Op::StrLt => binary(vm, |a, b| Ok(Value::Bool(compare::str_compare(a, b)?.is_lt()))),
        Op::StrGt => binary(vm, |a, b| Ok(Value::Bool(compare::str_compare(a, b)?.is_gt()))),
        Op::StrLe => binary(vm, |a, b| Ok(Value::Bool(compare::str_compare(a, b)?.is_le()))),
        Op::StrGe => binary(vm, |a, b| Ok(Value::Bool(compare::str_compare(a, b)?.is_ge()))),
        Op::StrCmp => binary(vm, |a, b| Ok(Value::Int(compare::str_compare(a, b)? as i64))),

        Op::LogNot => unary(vm, |a| Ok(Value::Bool(!a.is_truthy()))),
        Op::LogAnd => binary(vm, |a, b| Ok(Value::Bool(a.is_truthy() && b.is_truthy()))),
        Op::LogOr => binary(vm, |a, b| Ok(Value::Bool(a.is_truthy() || b.is_truthy()))),
        Op::BitAnd => binary(vm, |a, b| Ok(bits::and(a, b))),
        Op::BitOr => binary(vm, |a, b| Ok(bits::or(a, b))),
        Op::BitXor => binary(vm, |a, b| Ok(bits::xor(a, b))),
        Op::BitNot => unary(vm, |a| Ok(bits::not(a))),
        Op::Shl => binary(vm, |a, b| Ok(bits::shl(a, b))),
        Op::Shr => binary(vm, |a, b| Ok(bits::shr(a, b))),

        Op::Print(n) => io::print(vm, n, false),
        Op::PrintLn(n) => io::print(vm, n, true),
        Op::ReadLine => {
            let line = io::read_line(vm)?;
            push(vm, line)
        }
        Op::Range => binary(vm, collections::range),
        Op::RangeStep => {
            let (step, to, from) = (pop(vm), pop(vm), pop(vm));
            push(vm, collections::range_step(&from, &to, &step)?)
        }
        Op::SortDefault => {
            let array = pop(vm);
            push(vm, collections::sort_default(array)?)
        }

        Op::CallBuiltin(id, n) => {
            let result = vm.call_builtin(id, n.into())?;
            push(vm, result)
        }
        Op::Extended(id, arg) => extension(vm, unit, id, ExtensionArg::Narrow(arg)),
        Op::ExtendedWide(id, arg) => extension(vm, unit, id, ExtensionArg::Wide(arg)),

        Op::TimeInt => push(vm, math::time()),

        Op::Exec(_)
        | Op::ExecBg(_)
        | Op::PipelineBegin(_)
        | Op::PipelineStage
        | Op::PipelineEnd
        | Op::Redirect(..)
        | Op::HereDoc(_)
        | Op::HereString
        | Op::CmdSubst(_)
        | Op::SubshellBegin
        | Op::SubshellEnd
        | Op::ProcessSubIn(_)
        | Op::ProcessSubOut(_)
        | Op::Glob
        | Op::GlobRecursive
        | Op::TestFile(_)
        | Op::SetStatus
        | Op::GetStatus
        | Op::TrapSet(_)
        | Op::TrapCheck
        | Op::ExpandParam(_)
        | Op::WordSplit
        | Op::BraceExpand
        | Op::TildeExpand
        | Op::CallFunction(..)
        | Op::StrMatch
        | Op::RegexMatch
        | Op::WithRedirectsBegin(_)
        | Op::WithRedirectsEnd => shell::execute(vm, unit, op),

        op => match math::function(op) {
            Some(math::Function::Float(f)) => {
                let number = arith::float_of(unit.chunk().integer_mode);
                unary(vm, |a| Ok(Value::Float(f(number(a)))))
            }
            Some(math::Function::Float2(f)) => {
                let number = arith::float_of(unit.chunk().integer_mode);
                binary(vm, |a, b| Ok(Value::Float(f(number(a), number(b)))))
            }
            Some(math::Function::Int(f)) => unary(vm, |a| Ok(Value::Int(f(a.to_int())))),
            Some(math::Function::Int2(f)) => binary(vm, |a, b| Ok(Value::Int(f(a.to_int(), b.to_int())))),
            None => awk::execute(vm, unit, op),
        },
    }
}

fn push(vm: &mut VM, value: Value) -> OpResult<()> {
    vm.stack.push(value);
    Ok(())
}

/// Pushes copies of the top `n` values.
fn copy_top(vm: &mut VM, n: usize) -> OpResult<()> {
    let first = vm.stack.len() - n;
    vm.stack.extend_from_within(first..);
    Ok(())
}

/// Moves the lowest of the top `n` values to the top.
fn rotate_top(vm: &mut VM, n: usize) -> OpResult<()> {
    let first = vm.stack.len() - n;
    vm.stack[first..].rotate_left(1);
    Ok(())
}

fn set_global(vm: &mut VM, unit: &Unit, name: u16, value: Value) -> OpResult<()> {
    vm.globals.values[unit.global(name)] = value;
    Ok(())
}

/// Puts what an op finds in a global in the place of its key.
fn on_global(
    vm: &mut VM,
    unit: &Unit,
    name: u16,
    op: impl FnOnce(&mut Value, &Value) -> OpResult<Value>,
) -> OpResult<()> {
    let key = pop(vm);
    let result = op(&mut vm.globals.values[unit.global(name)], &key)?;
    push(vm, result)
}

/// Stores the lower of the top two values in a global's collection, at the key above it.
fn set_in_global(
    vm: &mut VM,
    unit: &Unit,
    name: u16,
    op: fn(&mut Value, &Value, Value) -> OpResult<()>,
) -> OpResult<()> {
    let (key, value) = (pop(vm), pop(vm));
    op(&mut vm.globals.values[unit.global(name)], &key, value)
}

/// Pushes what an op gets from a global.
fn take_from_global(
    vm: &mut VM,
    unit: &Unit,
    name: u16,
    op: impl FnOnce(&mut Value) -> Value,
) -> OpResult<()> {
    let result = op(&mut vm.globals.values[unit.global(name)]);
    push(vm, result)
}

fn extension(vm: &mut VM, unit: &Unit, id: u16, arg: ExtensionArg) -> OpResult<()> {
    let wide = matches!(arg, ExtensionArg::Wide(_));
    let declared = unit.chunk().extension(id, wide).map(|d| (usize::from(d.pops), usize::from(d.pushes)));
    vm.call_extension(id, arg, declared)
}
