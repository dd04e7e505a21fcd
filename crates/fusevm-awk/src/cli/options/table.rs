//! The options, one row each: what the command line accepts, what `--help` shows and what the manual page says.

/// What follows an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A value, called so in the help.
    Value(&'static str),
    /// A value that may be left out; when there is one it is attached: `-ofile`, `--pretty-print=file`.
    Maybe(&'static str),
}

/// What an option is about; the help has a list for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Where the program is, and what it finds.
    Program,
    /// Which awk the language is.
    Language,
    /// How input is read and output written.
    Data,
    /// What is told of the program instead of, or beside, running it.
    Report,
    /// Limits of a run.
    Limits,
    /// Native code.
    #[cfg(feature = "jit")]
    Native,
    /// About the command.
    About,
    /// Taken for compatibility; they change nothing, or answer that they are not supported.
    Compatibility,
}

impl Group {
    /// All of them, in the order of the help.
    pub const ALL: &[Group] = &[
        Group::Program,
        Group::Language,
        Group::Data,
        Group::Report,
        Group::Limits,
        #[cfg(feature = "jit")]
        Group::Native,
        Group::About,
        Group::Compatibility,
    ];

    /// The heading of its list.
    pub fn title(self) -> &'static str {
        match self {
            Group::Program => "Program",
            Group::Language => "Language",
            Group::Data => "Input and output",
            Group::Report => "Reports",
            Group::Limits => "Limits",
            #[cfg(feature = "jit")]
            Group::Native => "Native code",
            Group::About => "About",
            Group::Compatibility => "For compatibility",
        }
    }
}

/// An option as people see it.
#[derive(Clone, Copy, Debug)]
pub struct OptionRow {
    /// Its letter.
    pub short: Option<char>,
    /// Its name.
    pub long: &'static str,
    /// What follows it.
    pub takes: Takes,
    /// Where the help lists it.
    pub group: Group,
    /// What it does, in one sentence without a full stop.
    pub help: &'static str,
    pub(super) name: Name,
}

macro_rules! options {
    ($($(#[$cfg:meta])* $name:ident $short:literal $long:literal $takes:expr, $group:ident, $help:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Name { $($(#[$cfg])* $name),* }

        /// The options, in the order of the help.
        pub const OPTIONS: &[OptionRow] = &[$($(#[$cfg])* OptionRow {
            short: if $short == '\0' { None } else { Some($short) },
            long: $long,
            takes: $takes,
            group: Group::$group,
            help: $help,
            name: Name::$name,
        }),*];
    };
}

use Takes::{Maybe, Nothing, Value};

options! {
    File 'f' "file" Value("PROGFILE"), Program, "Read the program from a file; may be repeated";
    Source 'e' "source" Value("TEXT"), Program, "Take the text as program text; may be repeated and mixed with -f";
    Include 'i' "include" Value("LIBRARY"), Program, "Read a library of functions, once, as @include does";
    Exec 'E' "exec" Value("PROGFILE"), Program,
        "As -f, but the last option, and operands set no variables: for #! scripts";
    FieldSeparator 'F' "field-separator" Value("FS"), Program, "What parts the fields: sets FS";
    Assign 'v' "assign" Value("VAR=VALUE"), Program, "Set a variable before the program starts";

    Posix 'P' "posix" Nothing, Language, "Be the awk of POSIX, without what gawk adds";
    Traditional 'c' "traditional" Nothing, Language, "Be the awk of Unix, without what gawk adds";
    ReInterval 'r' "re-interval" Nothing, Language, "Intervals in regular expressions, which there always are";
    Bytes 'b' "characters-as-bytes" Nothing, Language, "Count bytes, not characters, whatever the locale";
    NonDecimal 'n' "non-decimal-data" Nothing, Language,
        "Texts may be hexadecimal and octal numbers: 0x1F, 017";
    LcNumeric 'N' "use-lc-numeric" Nothing, Language,
        "The decimal point of input and output is that of the locale";
    Sandbox 'S' "sandbox" Nothing, Language,
        "Refuse system(), redirections, commands, and files that are not operands";

    Csv 'k' "csv" Nothing, Data, "Input is CSV: quoted fields may hold commas, quotes and newlines";
    Tsv '\0' "tsv" Nothing, Data, "Input is TSV, with \\t, \\n, \\r and \\\\ for what fields cannot hold";
    Jsonl '\0' "jsonl" Nothing, Data, "Input is a JSON object a line; its members are the fields";
    Header 'H' "header" Nothing, Data,
        "The first record of each file names the fields: @\"name\" is the field of that name";
    Jobs 'j' "jobs" Value("N"), Data,
        "Read records on N threads, or as many as there are processors for 0, if the program allows it";
    Output '\0' "output" Value("FORMAT"), Data, "print writes rows of csv, tsv or jsonl, quoted as these need it";

    Lint 'L' "lint" Maybe("fatal|invalid|no-ext"), Report, "Warn of what is doubtful in the program";
    LintOld 't' "lint-old" Nothing, Report, "Warn of what the first awk of Unix did not have";
    DumpVariables 'd' "dump-variables" Maybe("FILE"), Report,
        "Write the global variables and their values to awkvars.out or FILE at the end";
    PrettyPrint 'o' "pretty-print" Maybe("FILE"), Report,
        "Write the program in the standard layout to awkprof.out or FILE, and run nothing";
    Profile 'p' "profile" Maybe("FILE"), Report,
        "Write the program with the counts of its executions to awkprof.out or FILE at the end";
    GenPot 'g' "gen-pot" Nothing, Report, "Write the texts to translate as a gettext template, and run nothing";
    #[cfg(feature = "jit")]
    Explain '\0' "explain" Nothing, Report,
        "Tell at the end what the program was compiled to, which loops and functions ran as native code, which did not, and why";
    Progress '\0' "progress" Nothing, Report, "Show on the terminal how much of the input is read, when it takes long";
    Trace 'I' "trace" Nothing, Report, "Write the ops that the program becomes to standard error, and run it";

    Fuel '\0' "fuel" Value("N"), Limits, "End the run after this many operations";
    MaxMemory '\0' "max-memory" Value("SIZE"), Limits,
        "End the run when its data take more memory than this; suffixes k, m, g";
    MaxDepth '\0' "max-depth" Value("N"), Limits, "End the run when its calls nest deeper than this";
    Timeout '\0' "timeout" Value("SECONDS"), Limits, "End the run after this time";

    #[cfg(feature = "jit")]
    JitLog '\0' "jit-log" Nothing, Native, "Tell on standard error what is compiled to native code";
    #[cfg(feature = "jit")]
    NoJit '\0' "no-jit" Nothing, Native, "Interpret everything, and compile nothing to native code";

    Help 'h' "help" Nothing, About, "Show this text";
    Version 'V' "version" Nothing, About, "Show the version";
    Copyright 'C' "copyright" Nothing, About, "Show the licence";

    Optimize 'O' "optimize" Nothing, Compatibility, "Optimise the program, which is the default";
    NoOptimize 's' "no-optimize" Nothing, Compatibility, "Compile nothing to native code";
    Implementation 'W' "implementation" Value("OPTION"), Compatibility, "An option of gawk by its long name, or of mawk";
    Bignum 'M' "bignum" Nothing, Compatibility, "Not supported: arithmetic of any precision";
    Debug 'D' "debug" Maybe("FILE"), Compatibility, "Not supported: gawk's debugger";
    Load 'l' "load" Value("LIBRARY"), Compatibility, "Not supported: gawk's libraries of native code";
}

/// The option of a letter.
pub(super) fn by_letter(letter: u8) -> Result<&'static OptionRow, String> {
    let found = OPTIONS.iter().find(|row| row.short == Some(char::from(letter)));
    found.ok_or_else(|| format!("unknown option `-{}'", letter.escape_ascii()))
}

/// The option of a long name, which may be shortened as long as it is unique.
pub(super) fn by_long_name(text: &[u8]) -> Result<&'static OptionRow, String> {
    let mut found = OPTIONS.iter().filter(|row| row.long.as_bytes().starts_with(text));
    let shown = String::from_utf8_lossy(text);
    let exact = OPTIONS.iter().find(|row| row.long.as_bytes() == text);
    match (exact, found.next(), found.next()) {
        (Some(row), ..) | (None, Some(row), None) => Ok(row),
        (None, None, _) => Err(format!("unknown option `--{shown}'")),
        (None, Some(_), Some(_)) => Err(format!("option `--{shown}' is ambiguous")),
    }
}
