//! The ids of shell builtins, for [`Op::CallBuiltin`](crate::op::Op::CallBuiltin).
//!
//! The ids are part of the bytecode: a compiled shell script names its builtins by them, so an id
//! once given never changes and gaps are left for relatives. This is only the numbering; what a
//! builtin does is registered by the host.

/// Makes of each line a constant, and of all lines the ways between ids and names.
macro_rules! builtins {
    ($($constant:ident = $id:literal $name:literal,)*) => {
        $(
            #[doc = concat!("`", $name, "`")]
            pub const $constant: u16 = $id;
        )*

        /// All builtins as id and name, by id.
        const TABLE: &[(u16, &str)] = &[$(($constant, $name)),*];

        /// The name of the builtin with this id.
        pub fn name(id: u16) -> Option<&'static str> {
            match id {
                $($id => Some($name),)*
                _ => None,
            }
        }

        /// The id of the builtin with this name.
        pub fn id(name: &str) -> Option<u16> {
            match name {
                $($name => Some($id),)*
                _ => None,
            }
        }
    };
}

builtins! {
    // State of the shell and the usual commands
    BUILTIN_CD = 0 "cd",
    BUILTIN_PWD = 1 "pwd",
    BUILTIN_ECHO = 2 "echo",
    BUILTIN_PRINT = 3 "print",
    BUILTIN_PRINTF = 4 "printf",
    BUILTIN_EXPORT = 5 "export",
    BUILTIN_UNSET = 6 "unset",
    BUILTIN_SOURCE = 7 "source",
    BUILTIN_EXIT = 8 "exit",
    BUILTIN_RETURN = 9 "return",
    BUILTIN_TRUE = 10 "true",
    BUILTIN_FALSE = 11 "false",
    BUILTIN_TEST = 12 "test",
    BUILTIN_COLON = 13 ":",
    BUILTIN_DOT = 14 ".",

    // Declarations
    BUILTIN_LOCAL = 20 "local",
    BUILTIN_DECLARE = 21 "declare",
    BUILTIN_TYPESET = 22 "typeset",
    BUILTIN_READONLY = 23 "readonly",
    BUILTIN_INTEGER = 24 "integer",
    BUILTIN_FLOAT = 25 "float",

    // Input
    BUILTIN_READ = 30 "read",
    BUILTIN_MAPFILE = 31 "mapfile",

    // Control flow and evaluation
    BUILTIN_BREAK = 40 "break",
    BUILTIN_CONTINUE = 41 "continue",
    BUILTIN_SHIFT = 42 "shift",
    BUILTIN_EVAL = 43 "eval",
    BUILTIN_EXEC = 44 "exec",
    BUILTIN_COMMAND = 45 "command",
    BUILTIN_BUILTIN = 46 "builtin",
    BUILTIN_LET = 47 "let",

    // Jobs
    BUILTIN_JOBS = 50 "jobs",
    BUILTIN_FG = 51 "fg",
    BUILTIN_BG = 52 "bg",
    BUILTIN_KILL = 53 "kill",
    BUILTIN_DISOWN = 54 "disown",
    BUILTIN_WAIT = 55 "wait",
    BUILTIN_SUSPEND = 56 "suspend",

    // History
    BUILTIN_HISTORY = 60 "history",
    BUILTIN_FC = 61 "fc",
    BUILTIN_R = 62 "r",

    // Aliases
    BUILTIN_ALIAS = 70 "alias",
    BUILTIN_UNALIAS = 71 "unalias",

    // Options
    BUILTIN_SET = 80 "set",
    BUILTIN_SETOPT = 81 "setopt",
    BUILTIN_UNSETOPT = 82 "unsetopt",
    BUILTIN_SHOPT = 83 "shopt",
    BUILTIN_EMULATE = 84 "emulate",
    BUILTIN_GETOPTS = 85 "getopts",

    // Functions
    BUILTIN_AUTOLOAD = 90 "autoload",
    BUILTIN_FUNCTIONS = 91 "functions",
    BUILTIN_UNFUNCTION = 92 "unfunction",

    // Traps
    BUILTIN_TRAP = 100 "trap",

    // Directory stack
    BUILTIN_PUSHD = 110 "pushd",
    BUILTIN_POPD = 111 "popd",
    BUILTIN_DIRS = 112 "dirs",

    // Command lookup
    BUILTIN_TYPE = 120 "type",
    BUILTIN_WHENCE = 121 "whence",
    BUILTIN_WHERE = 122 "where",
    BUILTIN_WHICH = 123 "which",
    BUILTIN_HASH = 124 "hash",
    BUILTIN_REHASH = 125 "rehash",
    BUILTIN_UNHASH = 126 "unhash",

    // Completion
    BUILTIN_COMPGEN = 130 "compgen",
    BUILTIN_COMPLETE = 131 "complete",
    BUILTIN_COMPOPT = 132 "compopt",
    BUILTIN_COMPADD = 133 "compadd",
    BUILTIN_COMPSET = 134 "compset",
    BUILTIN_COMPDEF = 135 "compdef",
    BUILTIN_COMPINIT = 136 "compinit",
    BUILTIN_CDREPLAY = 137 "cdreplay",

    // zsh modules
    BUILTIN_ZSTYLE = 140 "zstyle",
    BUILTIN_ZMODLOAD = 141 "zmodload",
    BUILTIN_BINDKEY = 142 "bindkey",
    BUILTIN_ZLE = 143 "zle",
    BUILTIN_VARED = 144 "vared",
    BUILTIN_ZCOMPILE = 145 "zcompile",
    BUILTIN_ZFORMAT = 146 "zformat",
    BUILTIN_ZPARSEOPTS = 147 "zparseopts",
    BUILTIN_ZREGEXPARSE = 148 "zregexparse",

    // Resource limits
    BUILTIN_ULIMIT = 150 "ulimit",
    BUILTIN_LIMIT = 151 "limit",
    BUILTIN_UNLIMIT = 152 "unlimit",
    BUILTIN_UMASK = 153 "umask",

    // Miscellany
    BUILTIN_TIMES = 160 "times",
    BUILTIN_CALLER = 161 "caller",
    BUILTIN_HELP = 162 "help",
    BUILTIN_ENABLE = 163 "enable",
    BUILTIN_DISABLE = 164 "disable",
    BUILTIN_NOGLOB = 165 "noglob",
    BUILTIN_TTYCTL = 166 "ttyctl",
    BUILTIN_SYNC = 167 "sync",
    BUILTIN_MKDIR = 168 "mkdir",
    BUILTIN_STRFTIME = 169 "strftime",
    BUILTIN_ZSLEEP = 170 "zsleep",
    BUILTIN_ZSYSTEM = 171 "zsystem",

    // Perl-compatible regular expressions
    BUILTIN_PCRE_COMPILE = 180 "pcre_compile",
    BUILTIN_PCRE_MATCH = 181 "pcre_match",
    BUILTIN_PCRE_STUDY = 182 "pcre_study",

    // Tied databases
    BUILTIN_ZTIE = 190 "ztie",
    BUILTIN_ZUNTIE = 191 "zuntie",
    BUILTIN_ZGDBMPATH = 192 "zgdbmpath",

    // Prompts
    BUILTIN_PROMPTINIT = 200 "promptinit",
    BUILTIN_PROMPT = 201 "prompt",

    // Concurrency
    BUILTIN_ASYNC = 210 "async",
    BUILTIN_AWAIT = 211 "await",
    BUILTIN_PMAP = 212 "pmap",
    BUILTIN_PGREP = 213 "pgrep",
    BUILTIN_PEACH = 214 "peach",
    BUILTIN_BARRIER = 215 "barrier",

    // Interception
    BUILTIN_INTERCEPT = 220 "intercept",
    BUILTIN_INTERCEPT_PROCEED = 221 "intercept_proceed",

    // Diagnosis
    BUILTIN_DOCTOR = 230 "doctor",
    BUILTIN_DBVIEW = 231 "dbview",
    BUILTIN_PROFILE = 232 "profile",
    BUILTIN_ZPROF = 233 "zprof",

    // Common utilities, run without a process
    BUILTIN_CAT = 240 "cat",
    BUILTIN_HEAD = 241 "head",
    BUILTIN_TAIL = 242 "tail",
    BUILTIN_WC = 243 "wc",
    BUILTIN_BASENAME = 244 "basename",
    BUILTIN_DIRNAME = 245 "dirname",
    BUILTIN_TOUCH = 246 "touch",
    BUILTIN_REALPATH = 247 "realpath",
    BUILTIN_SORT = 248 "sort",
    BUILTIN_FIND = 249 "find",
    BUILTIN_UNIQ = 250 "uniq",
    BUILTIN_CUT = 251 "cut",
    BUILTIN_TR = 252 "tr",
    BUILTIN_SEQ = 253 "seq",
    BUILTIN_REV = 254 "rev",
    BUILTIN_TEE = 255 "tee",
    BUILTIN_SLEEP = 256 "sleep",
    BUILTIN_WHOAMI = 257 "whoami",
    BUILTIN_ID = 258 "id",
    BUILTIN_HOSTNAME = 259 "hostname",
    BUILTIN_UNAME = 260 "uname",
    BUILTIN_DATE = 261 "date",
    BUILTIN_MKTEMP = 262 "mktemp",
}

/// All builtins as id and name, in order of their ids.
pub fn iter() -> impl Iterator<Item = (u16, &'static str)> {
    TABLE.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The listing of the specification: first id, last id, names.
    const LISTING: &[(u16, u16, &str)] = &[
        (0, 14, "cd pwd echo print printf export unset source exit return true false test : ."),
        (20, 25, "local declare typeset readonly integer float"),
        (30, 31, "read mapfile"),
        (40, 47, "break continue shift eval exec command builtin let"),
        (50, 56, "jobs fg bg kill disown wait suspend"),
        (60, 62, "history fc r"),
        (70, 71, "alias unalias"),
        (80, 85, "set setopt unsetopt shopt emulate getopts"),
        (90, 92, "autoload functions unfunction"),
        (100, 100, "trap"),
        (110, 112, "pushd popd dirs"),
        (120, 126, "type whence where which hash rehash unhash"),
        (130, 137, "compgen complete compopt compadd compset compdef compinit cdreplay"),
        (140, 148, "zstyle zmodload bindkey zle vared zcompile zformat zparseopts zregexparse"),
        (150, 153, "ulimit limit unlimit umask"),
        (160, 171, "times caller help enable disable noglob ttyctl sync mkdir strftime zsleep zsystem"),
        (180, 182, "pcre_compile pcre_match pcre_study"),
        (190, 192, "ztie zuntie zgdbmpath"),
        (200, 201, "promptinit prompt"),
        (210, 215, "async await pmap pgrep peach barrier"),
        (220, 221, "intercept intercept_proceed"),
        (230, 233, "doctor dbview profile zprof"),
        (
            240,
            262,
            "cat head tail wc basename dirname touch realpath sort find uniq cut tr seq rev tee sleep whoami id hostname uname date mktemp",
        ),
    ];

    #[test]
    fn ids_are_those_of_the_specification() {
        let mut all = iter();
        for &(first, last, names) in LISTING {
            assert_eq!(names.split(' ').count(), usize::from(last - first) + 1, "{names}");
            for (expected_id, expected_name) in (first..=last).zip(names.split(' ')) {
                assert_eq!(all.next(), Some((expected_id, expected_name)));
                assert_eq!(name(expected_id), Some(expected_name));
                assert_eq!(id(expected_name), Some(expected_id));
            }
        }
        assert_eq!(all.next(), None);
        assert_eq!((name(15), name(u16::MAX), id("["), id("")), (None, None, None, None));
        assert_eq!((BUILTIN_CD, BUILTIN_COLON, BUILTIN_DOT, BUILTIN_MKTEMP), (0, 13, 14, 262));
    }
}
