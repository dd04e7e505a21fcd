//! The awk builtins that have no op of their own, for [`Op::CallBuiltin`](crate::op::Op::CallBuiltin).
//!
//! Their ids are part of the bytecode and never change. They start where the shell's end. All of them ask the
//! VM's [`AwkHost`](crate::AwkHost).

use crate::awk_host::TextFormat;
use crate::error::OpResult;
use crate::interp::ops::awk;
use crate::value::Value;
use crate::vm::VM;

/// What [`READ_EVENT`] gives when a file begins; `getline`'s own results are below.
pub const FILE_BEGINS: i64 = 2;
/// What [`READ_EVENT`] gives when a file ends.
pub const FILE_ENDS: i64 = 3;

/// Questions of [`LINT`]: whether a variable has a value; its name is as in "variable `x'".
pub const LINT_IS_SET: i64 = 0;
/// Whether an argument of the function of that name is a number.
pub const LINT_IS_NUMBER: i64 = 1;
/// Whether an argument is a string; the name is the complaint.
pub const LINT_IS_STRING: i64 = 2;
/// Whether LINT, which was the value before an assignment, is still on.
pub const LINT_IS_ON: i64 = 3;
/// Whether there is a field with the value as its number.
pub const LINT_HAS_FIELD: i64 = 4;
/// Tells that the array of that name has no element with the value as its key.
pub const LINT_HAS_ELEMENT: i64 = 5;
/// Whether a value is a good format for as many arguments as the name says.
pub const LINT_IS_FORMAT: i64 = 6;
/// Tells that an element is read that the array of that name does not have.
pub const LINT_READS_ELEMENT: i64 = 8;
/// Whether the first awk took a value for FS. It is asked whether LINT is on or not.
pub const LINT_IS_OLD_SEPARATOR: i64 = 7;

/// What the names of adapters begin with: subs that call a function of the program with an array of arguments. A
/// comparison function, whose name only the run knows, is called through its adapter.
pub const ADAPTER_PREFIX: &str = "call:";

macro_rules! builtins {
    ($($(#[$doc:meta])* $id:literal $constant:ident $name:literal = $function:expr;)*) => {
        $($(#[$doc])* pub const $constant: u16 = $id;)*

        /// Builtins as id and name, by id.
        const TABLE: &[(u16, &str)] = &[$(($id, $name)),*];

        /// Registers the builtins in a VM that runs awk programs.
        pub fn register(vm: &mut VM) {
            vm.awk.keeps_caught = true;
            $(vm.register_builtin($id, |vm, n| or_raise(vm, n, $function));)*
        }
    };
}

builtins! {
    /// `close(name [, end])`: closes a file or command; gives its status, -1 when none of that name is open.
    300 CLOSE "close" = awk::close;
    /// `system(command)`: runs a command, after flushing the output; gives its exit status.
    301 SYSTEM "system" = awk::system;
    /// `fflush([name])`: writes out what is buffered, for one output or for all; gives 0, or -1 for a name not open.
    302 FFLUSH "fflush" = awk::fflush;
    /// `nextfile`: gives up the rest of the current input file; the result means nothing.
    303 NEXTFILE "nextfile" = awk::nextfile;
    /// `cell key -> v`: an element, or a cell that the element becomes when it is used as an array.
    307 ELEMENT_ARGUMENT "element_argument" = awk::nested::element_argument;
    /// `cell key -> v`: an element as it is, for a function that asks what it is.
    308 ELEMENT_ASKED "element_asked" = awk::nested::element_asked;
    /// `key cell -> Undef`: removes an element.
    310 DELETE_ELEMENT "delete_element" = awk::nested::delete_element;
    /// `v what -> cell`: the array that a variable is, or becomes; `what` names it.
    311 AS_ARRAY "as_array" = awk::nested::as_array;
    /// `v name -> v`: the scalar that a variable is.
    312 AS_SCALAR "as_scalar" = awk::nested::as_scalar;
    /// `v -> v`: a variable, or a cell that it becomes when it is used as an array.
    313 AS_ARGUMENT "as_argument" = awk::nested::as_argument;
    /// `isarray(v)`.
    314 ISARRAY "isarray" = awk::nested::isarray;
    /// `typeof(v)`, with whether v, if it is nothing, is a variable that was not used yet.
    315 TYPEOF "typeof" = awk::nested::type_of;
    /// `text -> v`: a regular expression as a value.
    316 REGEX "regex" = awk::nested::regex;
    /// `name variable -> s`: the adapter of a function, which must exist.
    317 CALLEE "callee" = awk::tables::callee;
    /// `s -> hash`: the lines of a text as keys and values.
    318 NAMES "names" = awk::tables::names;
    /// `key table -> v`: an element of FUNCTAB, which must exist.
    319 FUNCTAB_GET "functab_get" = awk::tables::functab_get;
    /// `name -> v`: a variable by its name.
    320 SYMTAB_GET "symtab_get" = awk::tables::symtab_get;
    /// `name -> cell`: an array by its name.
    321 SYMTAB_ARRAY "symtab_array" = awk::tables::symtab_array;
    /// `value name -> Undef`: assigns a variable by its name.
    322 SYMTAB_SET "symtab_set" = awk::tables::symtab_set;
    /// `name -> bool`: whether there is such a variable.
    323 SYMTAB_HAS "symtab_has" = awk::tables::symtab_has;
    /// `-> hash`: all variables.
    324 SYMTAB_COPY "symtab_copy" = awk::tables::symtab_copy;
    /// `collection -> array`: its keys in the order of `PROCINFO["sorted_in"]`.
    325 SORTED_KEYS "sorted_keys" = awk::sorting::sorted_keys;
    /// `cell how -> hash`: the elements of an array in order.
    326 ASORT "asort" = awk::sorting::asort;
    /// `cell how -> hash`: the keys of an array in order.
    327 ASORTI "asorti" = awk::sorting::asorti;
    /// `s separator -> [count pieces separators]`.
    328 SPLIT "split" = awk::pieces::split;
    /// `s pattern -> [count pieces separators]`.
    329 PATSPLIT "patsplit" = awk::pieces::patsplit;
    /// `s pattern -> [place groups]`.
    330 MATCH "match" = awk::pieces::match_groups;
    /// `bindtextdomain(directory [, domain])`.
    331 BINDTEXTDOMAIN "bindtextdomain" = awk::tables::bindtextdomain;
    /// `to_variable -> event`: what comes next in the main input.
    332 READ_EVENT "read_event" = awk::read_event;
    /// `-> line`: the line that was read last for a variable.
    333 LAST_LINE "last_line" = awk::last_line;
    /// `typeof($index)`.
    334 TYPEOF_FIELD "typeof_field" = awk::nested::type_of_field;
    /// `-> Undef`: tells in `PROCINFO["FS"]` which variable says where the fields are.
    335 UPDATE_PROCINFO "update_procinfo" = awk::tables::update_procinfo;
    /// `names and kinds -> Undef`: sets `PROCINFO["identifiers"]`.
    336 IDENTIFIERS "identifiers" = awk::tables::identifiers;
    /// `v question name -> v`: warns, while LINT is on, about what is odd about a value.
    337 LINT "lint" = awk::lint::check;
    /// `v ->`: throws what was caught again, as coming from where it first happened.
    338 RETHROW "rethrow" = awk::rethrow;
    /// `v -> v`: a value for an element of ARGV, which must be an operand that may be read.
    339 ADMIT_OPERAND "admit_operand" = awk::admit_operand;
    /// `v -> v`: the value to give a variable, which is a scalar from then on.
    344 SETTLED "settled" = awk::nested::settled;
    /// `v -> v`: a variable, which is a scalar from here on unless it is an array.
    345 SETTLE "settle" = awk::nested::settle;
    /// `text -> Undef`: tells people what is doubtful.
    346 WARN "warn" = awk::lint::tell;
    /// `v -> hash`: what `typeof` tells beside the type: in `array_type` how gawk would store an array.
    347 TYPE_DETAILS "type_details" = awk::nested::type_details;
    /// `column(name)`: the number of the field that has a name, by the header or in the record.
    340 COLUMN "column" = awk::column;
    /// `csv_row(…)`: the values as a row of CSV; without values, the fields of the record.
    341 CSV_ROW "csv_row" = |vm, n| awk::row(vm, TextFormat::Csv, n);
    /// `tsv_row(…)`: as [`CSV_ROW`], tab-separated.
    342 TSV_ROW "tsv_row" = |vm, n| awk::row(vm, TextFormat::Tsv, n);
    /// `json_row(…)`: as [`CSV_ROW`], a JSON array, or an object where the fields of the record have names.
    343 JSON_ROW "json_row" = |vm, n| awk::row(vm, TextFormat::JsonLines, n);
}

/// The name of the builtin with this id.
pub fn name(id: u16) -> Option<&'static str> {
    TABLE.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
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
            assert_eq!(super::name(*id), Some(*name));
            assert_eq!(crate::shell_builtins::name(*id), None);
        }
        assert_eq!(super::name(0), None);
    }
}
