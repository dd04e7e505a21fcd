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
    (
        &["badassign1", "getlnfa", "readbuf", "nsbad", "nsbad3", "nsbad_cmd", "nulinsrc", "paramasfunc1"],
        "a syntax error in other words, or at another column",
    ),
    (&["paramasfunc2", "defref", "badargs", "modifiers"], "an error or a warning in other words"),
    (
        &["eofsrc1", "sourcesplit"],
        "a rule may go on in the next `-f` or `-e`, as POSIX has it; gawk refuses that",
    ),
    (&["printfbad4"], "gawk says `fatal' twice"),
    (
        &["arryref2", "arraysort", "symtab1", "symtab11"],
        "the order of `for (k in a)` without `sorted_in`: ours is that of insertion",
    ),
    (&["functab1", "beginfile2"], "another line in an error's place"),
    (
        &["nsindirect2", "shadowbuiltin"],
        "built-in functions keep their names in other namespaces and as parameters",
    ),
    (
        &["lintold", "lintwarn", "uninit5", "incdupe6", "incdupe7"],
        "warnings of --lint that differ or are missing",
    ),
    (
        &[
            "profile0",
            "profile2",
            "profile3",
            "profile5",
            "profile9",
            "profile10",
            "profile14",
            "profile15",
            "profile16",
            "profile17",
            "nsprof1",
            "nsprof2",
        ],
        "the layout of comments, namespaces and counts in --pretty-print and --profile",
    ),
    (
        &["dumpvars", "symtab8"],
        "--dump-variables tells fewer elements of tables that the program does not use",
    ),
    (&["genpot"], "long strings are not broken in --gen-pot"),
    (&["parsefld"], "`$/=` is no regular expression here"),
    (&["printf0"], "`printf` alone is an error"),
    (&["backbigs1", "rebt8b2"], "octal escapes in bracket expressions, in UTF-8"),
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
