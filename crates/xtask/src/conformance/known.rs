//! What is known of single cases: which are out of scope, and why others fail.

use super::suite::Group;

/// Groups that test what our awk does not have on purpose.
const GROUPS_OUT_OF_SCOPE: &[(&str, &str)] = &[
    ("SHLIB_TESTS", "extension API"),
    ("NEED_MPFR", "arbitrary precision (-M)"),
    ("NEED_PMA", "persistent memory, which needs gawk's allocator"),
    ("ARRAYDEBUG_TESTS", "gawk's array internals, in debug builds of it"),
];

/// Cases that test what our awk does not have on purpose, or that need what this machine has not.
const CASES_OUT_OF_SCOPE: &[(&str, &str)] = &[
    ("dbugeval", "debugger"),
    ("dbugeval2", "debugger"),
    ("dbugeval3", "debugger"),
    ("dbugeval4", "debugger"),
    ("dbugtypedre1", "debugger"),
    ("dbugtypedre2", "debugger"),
    ("watchpoint1", "debugger"),
    ("profile11", "extension API"),
    ("commas", "locale en_US.UTF-8"),
    ("ignrcas3", "locale el_GR.iso88597"),
    ("mbprintf2", "locale ja_JP.UTF-8"),
    ("mtchi18n", "locale ru_RU.UTF-8"),
    ("nlstringtest", "locale fr_FR.UTF-8"),
];

/// Why cases fail that are in scope. What is not listed here fails for a reason that nobody has looked for.
const FAILURES: &[(&[&str], &str)] = &[
    (&["badargs"], "the text on how to call it is our own"),
    (&["printfbad4"], "gawk says `fatal' twice"),
    (
        &["arryref2", "arraysort", "symtab1", "symtab11"],
        "the order of `for (k in a)` without `sorted_in`: ours is that of insertion",
    ),
    (
        &["uninit5"],
        "what only a parameter's use as an array shows is known before the run here, so it is no uninitialized argument",
    ),
    (
        &["backbigs1"],
        "a byte that is no character counts as one that is no space; gawk's `\\S` does not match it",
    ),
    (&["trailbs"], "a byte that is no character is shown as U+FFFD in the message"),
];

/// Why a case is not run.
pub(super) fn out_of_scope(group: &Group, case: &str) -> Option<&'static str> {
    let by_group = GROUPS_OUT_OF_SCOPE.iter().find(|(variable, _)| *variable == group.variable);
    let by_name = CASES_OUT_OF_SCOPE.iter().find(|(name, _)| *name == case);
    by_group.or(by_name).map(|(_, reason)| *reason)
}

/// Why a case fails, as far as that is known.
pub(super) fn failure(case: &str) -> Option<&'static str> {
    FAILURES.iter().find(|(cases, _)| cases.contains(&case)).map(|(_, reason)| *reason)
}
