//! The awk builtins that have no op of their own, for [`Op::CallBuiltin`](crate::op::Op::CallBuiltin).
//!
//! Their ids are part of the bytecode and never change. They start where the shell's end. All of them ask the
//! VM's [`AwkHost`](crate::AwkHost).

use crate::awk_host::TextFormat;
use crate::error::OpResult;
use crate::interp::ops::awk;
use crate::value::Value;
use crate::vm::VM;

/// `close(name [, how])`: closes a file or command; gives its status, -1 when none of that name is open.
pub const CLOSE: u16 = 300;
/// `system(command)`: runs a command, after flushing the output; gives its exit status.
pub const SYSTEM: u16 = 301;
/// `fflush([name])`: writes out what is buffered, for one output or for all; gives 0, or -1 for a name not open.
pub const FFLUSH: u16 = 302;
/// `nextfile`: gives up the rest of the current input file; the result means nothing.
pub const NEXTFILE: u16 = 303;

/// `column(name)`: the number of the field that has a name, by the header or in the record.
pub const COLUMN: u16 = 340;
/// `csv_row(…)`: the values as a row of CSV; without values, the fields of the record.
pub const CSV_ROW: u16 = 341;
/// `tsv_row(…)`: as [`CSV_ROW`], tab-separated.
pub const TSV_ROW: u16 = 342;
/// `json_row(…)`: as [`CSV_ROW`], a JSON array, or an object where the fields of the record have names.
pub const JSON_ROW: u16 = 343;

/// Builtins as id and name, by id.
const TABLE: [(u16, &str); 8] = [
    (CLOSE, "close"),
    (SYSTEM, "system"),
    (FFLUSH, "fflush"),
    (NEXTFILE, "nextfile"),
    (COLUMN, "column"),
    (CSV_ROW, "csv_row"),
    (TSV_ROW, "tsv_row"),
    (JSON_ROW, "json_row"),
];

/// The name of the builtin with this id.
pub fn name(id: u16) -> Option<&'static str> {
    TABLE.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
}

/// Registers the builtins in a VM that runs awk programs.
pub fn register(vm: &mut VM) {
    vm.register_builtin(CLOSE, |vm, n| or_raise(vm, n, awk::close));
    vm.register_builtin(SYSTEM, |vm, n| or_raise(vm, n, awk::system));
    vm.register_builtin(FFLUSH, |vm, n| or_raise(vm, n, awk::fflush));
    vm.register_builtin(NEXTFILE, |vm, n| or_raise(vm, n, awk::nextfile));
    vm.register_builtin(COLUMN, |vm, n| or_raise(vm, n, awk::column));
    vm.register_builtin(CSV_ROW, |vm, n| or_raise(vm, n, |vm, n| awk::row(vm, TextFormat::Csv, n)));
    vm.register_builtin(TSV_ROW, |vm, n| or_raise(vm, n, |vm, n| awk::row(vm, TextFormat::Tsv, n)));
    vm.register_builtin(JSON_ROW, |vm, n| or_raise(vm, n, |vm, n| awk::row(vm, TextFormat::JsonLines, n)));
}

fn or_raise(vm: &mut VM, n: u8, builtin: fn(&mut VM, usize) -> OpResult<Value>) -> Value {
    builtin(vm, n.into()).unwrap_or_else(|fault| {
        vm.raise(fault);
        Value::Undef
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_are_beyond_those_of_the_shell() {
        for (id, name) in super::TABLE {
            assert_eq!(super::name(id), Some(name));
            assert_eq!(crate::shell_builtins::name(id), None);
        }
        assert_eq!(super::name(0), None);
    }
}
