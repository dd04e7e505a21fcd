//! Elements of awk arrays at subscripts that are joined: the pair of integers or the text that they are is looked up, and
//! no string is made of it.

use super::awk::array_name_of;
use super::parts::Parts;
use super::register::put;
use crate::awk_host::{AwkState, Operand, Operands, to_number};
use crate::code::{CELL, Inst, Opcode};
use crate::error::OpResult;
use crate::interp::ops::awk::arrays;
use crate::interp::ops::refs;
use crate::value::{KeyRef, OrderedMap, Pair, Value, number};
use crate::vm::VM;

/// The subscripts among the parts of an instruction.
struct Subscripts<'a> {
    parts: &'a Parts<'a>,
    first: usize,
    count: usize,
}

impl Operands for Subscripts<'_> {
    #[inline(always)]
    fn get(&self, index: usize) -> Option<Operand<'_>> {
        if index < self.count { self.parts.get(self.first + index) } else { None }
    }
}

impl Subscripts<'_> {
    /// The pair that the subscripts are, if they are one.
    #[inline(always)]
    fn pair(&self, awk: &AwkState) -> Option<Pair> {
        let integer = |index| match self.get(index) {
            Some(Operand::Value(Value::Float(number))) => number::exact_int(*number),
            // The text of an integer is that of the float, too.
            Some(Operand::Value(Value::Int(number))) => number::exact_int(*number as f64),
            _ => None,
        };
        if self.count != 2 || !awk.joins_pairs() {
            return None;
        }
        Some([integer(0)?, integer(1)?])
    }
}

/// A key that no string was made of.
#[derive(Clone, Copy)]
enum Joined<'a> {
    Pair(Pair),
    Text(&'a [u8]),
}

impl Joined<'_> {
    #[inline(always)]
    fn position(self, map: &mut OrderedMap) -> usize {
        match self {
            Joined::Pair(pair) => map.position_of_pair(pair),
            Joined::Text(text) => map.position_of_key(KeyRef::new(text)),
        }
    }

    #[inline(always)]
    fn is_in(self, map: &OrderedMap) -> bool {
        match self {
            Joined::Pair(pair) => map.index_of_pair(pair).is_some(),
            Joined::Text(text) => map.contains(KeyRef::new(text)),
        }
    }
}

/// JoinedGet, JoinedSet, JoinedAdd, JoinedIncrement and JoinedExists.
#[inline(never)]
pub(crate) unsafe fn access(vm: &mut VM, inst: &Inst, base: *mut Value) -> OpResult<()> {
    // SAFETY: the unit runs, and the registers are of the window.
    let parts = unsafe { Parts::of(vm, inst, base) };
    let subscripts = inst.subscripts(parts.len());
    let subscripts = Subscripts { parts: &parts, first: subscripts.start, count: subscripts.len() };
    let result = match subscripts.pair(&vm.awk) {
        // SAFETY: as for this function.
        Some(pair) => unsafe { access_at(vm, inst, &parts, Joined::Pair(pair)) },
        None => {
            let mut text = std::mem::take(&mut vm.awk.scratch);
            text.clear();
            let joined = vm.awk.append_joined(&subscripts, &mut text);
            // SAFETY: as for this function.
            let result = joined.and_then(|()| unsafe { access_at(vm, inst, &parts, Joined::Text(&text)) });
            vm.awk.scratch = text;
            result
        }
    };
    // SAFETY: the registers are of the window.
    unsafe {
        parts.use_up();
        let result = result?;
        if matches!(inst.op, Opcode::JoinedGet | Opcode::JoinedIncrement | Opcode::JoinedExists) {
            put(base.add(inst.a.into()), result);
        }
    }
    Ok(())
}

/// What an access at a key gives.
///
/// # Safety
/// That of `access`.
#[inline(always)]
unsafe fn access_at(vm: &mut VM, inst: &Inst, parts: &Parts<'_>, key: Joined<'_>) -> OpResult<Value> {
    let operand = match inst.op {
        Opcode::JoinedSet => operand_value(vm, parts),
        Opcode::JoinedAdd => Value::Float(to_number(&operand_value(vm, parts))),
        _ => Value::Undef,
    };
    if inst.b != CELL {
        let place = &raw mut vm.globals.values[usize::from(inst.b)];
        // SAFETY: the global exists, and the instruction is of the unit that runs.
        let name = || unsafe { array_name_of(vm.fast.unit.0, vm.charges_fuel, inst) };
        // SAFETY: as above.
        return in_place(unsafe { &mut *place }, inst.op, key, operand, name);
    }
    let Some(Operand::Value(cell)) = parts.get(parts.len() - 1) else {
        unreachable!("the cell is in a register");
    };
    if let Value::Ref(array) = cell {
        let mut operand = Some(operand);
        let done = array.with_mut(|place| match place {
            Value::Hash(_) | Value::Undef => {
                operand.take().map(|operand| in_place(place, inst.op, key, operand, || ""))
            }
            _ => None,
        });
        return match (done, operand) {
            (Some(result), _) => result,
            (None, operand) => by_plain_ops(inst.op, cell, key, operand.unwrap_or_default()),
        };
    }
    by_plain_ops(inst.op, cell, key, operand)
}

/// The value that is stored or added.
fn operand_value(vm: &mut VM, parts: &Parts<'_>) -> Value {
    match parts.get(0) {
        Some(Operand::Field(field)) => vm.awk.record.field_value(field),
        Some(Operand::Value(value)) => value.clone(),
        None => Value::Undef,
    }
}

/// An access to the array in a place.
#[inline(always)]
fn in_place<'n>(
    place: &mut Value,
    op: Opcode,
    key: Joined<'_>,
    operand: Value,
    name: impl FnOnce() -> &'n str,
) -> OpResult<Value> {
    if op == Opcode::JoinedExists {
        return Ok(Value::Bool(matches!(place, Value::Hash(hash) if key.is_in(hash))));
    }
    let map = arrays::array(place, name)?;
    let at = key.position(map);
    let Some(element) = map.value_at_mut(at) else { return Ok(Value::Undef) };
    Ok(match op {
        Opcode::JoinedGet => element.clone(),
        Opcode::JoinedSet => std::mem::replace(element, operand),
        _ => {
            let old = to_number(element);
            element.set_float(old + if let Value::Float(by) = operand { by } else { 1.0 });
            Value::Float(old)
        }
    })
}

/// An access to what is no awk array, by the ops that the instruction stands for.
#[cold]
#[inline(never)]
fn by_plain_ops(op: Opcode, cell: &Value, key: Joined<'_>, operand: Value) -> OpResult<Value> {
    let key = match key {
        Joined::Pair(pair) => crate::value::Key::of_pair(pair).to_value(),
        Joined::Text(text) => Value::of_bytes(text, false),
    };
    match op {
        Opcode::JoinedExists => refs::index_exists(cell, &key),
        Opcode::JoinedGet => arrays::cell_element(cell, &key),
        Opcode::JoinedSet => refs::index_set(operand, &key, cell).map(|()| Value::Undef),
        _ => {
            let old = to_number(&refs::index_get(cell, &key)?);
            let sum = old + if let Value::Float(by) = operand { by } else { 1.0 };
            refs::index_set(Value::Float(sum), &key, cell)?;
            Ok(Value::Float(old))
        }
    }
}
