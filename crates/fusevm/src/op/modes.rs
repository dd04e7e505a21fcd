//! Constants for the small operands of ops: file tests, redirections, parameter modifiers, awk modes.

/// Declares a public module of `u8` constants, a table of their names, and `name`.
macro_rules! modes {
    ($(#[$doc:meta])* $module:ident { $($(#[$item_doc:meta])* $name:ident = $value:literal),* $(,)? } $($extra:item)*) => {
        $(#[$doc])*
        pub mod $module {
            $($(#[$item_doc])* pub const $name: u8 = $value;)*

            /// The constants with their names.
            pub const ALL: &[(&str, u8)] = &[$((stringify!($name), $value)),*];

            /// The name of a constant.
            pub fn name(value: u8) -> Option<&'static str> {
                ALL.iter().find(|(_, v)| *v == value).map(|(name, _)| *name)
            }

            $($extra)*
        }
    };
}

modes! {
    /// Tests of [`Op::TestFile`](crate::op::Op::TestFile).
    file_test {
        /// `-f`
        IS_FILE = 0,
        /// `-d`
        IS_DIR = 1,
        /// `-r`
        IS_READABLE = 2,
        /// `-w`
        IS_WRITABLE = 3,
        /// `-x`
        IS_EXECUTABLE = 4,
        /// `-e`
        EXISTS = 5,
        /// `-s`
        IS_NONEMPTY = 6,
        /// `-L`
        IS_SYMLINK = 7,
        /// `-S`
        IS_SOCKET = 8,
        /// `-p`
        IS_FIFO = 9,
        /// `-b`
        IS_BLOCK_DEV = 10,
        /// `-c`
        IS_CHAR_DEV = 11,
    }
}

modes! {
    /// Kinds of redirection of [`Op::Redirect`](crate::op::Op::Redirect).
    redirect_op {
        /// `>`
        WRITE = 0,
        /// `>>`
        APPEND = 1,
        /// `<`
        READ = 2,
        /// `<>`
        READ_WRITE = 3,
        /// `>|`
        CLOBBER = 4,
        /// `<&`
        DUP_READ = 5,
        /// `>&`
        DUP_WRITE = 6,
        /// `&>`
        WRITE_BOTH = 7,
        /// `&>>`
        APPEND_BOTH = 8,
    }
}

modes! {
    /// Modifiers of [`Op::ExpandParam`](crate::op::Op::ExpandParam).
    param_mod {
        /// `${name:-word}`
        DEFAULT = 0,
        /// `${name:=word}`
        ASSIGN = 1,
        /// `${name:?word}`
        ERROR = 2,
        /// `${name:+word}`
        ALTERNATE = 3,
        /// `${#name}`
        LENGTH = 4,
        /// `${name#pattern}`
        STRIP_SHORT = 5,
        /// `${name##pattern}`
        STRIP_LONG = 6,
        /// `${name%pattern}`
        RSTRIP_SHORT = 7,
        /// `${name%%pattern}`
        RSTRIP_LONG = 8,
        /// `${name/pattern/word}`
        SUBST_FIRST = 9,
        /// `${name//pattern/word}`
        SUBST_ALL = 10,
        /// `${name^^}`
        UPPER = 11,
        /// `${name,,}`
        LOWER = 12,
        /// `${name^}`
        UPPER_FIRST = 13,
        /// `${name,}`
        LOWER_FIRST = 14,
        /// `${!name}`
        INDIRECT = 15,
        /// `${!name[@]}`
        KEYS = 16,
        /// `${name:offset:length}`
        SLICE = 17,
    }

    /// Number of arguments above the name on the stack.
    pub fn argument_count(modifier: u8) -> usize {
        match modifier {
            DEFAULT..=ALTERNATE | STRIP_SHORT..=RSTRIP_LONG => 1,
            SUBST_FIRST | SUBST_ALL | SLICE => 2,
            _ => 0,
        }
    }
}

modes! {
    /// Sources of [`Op::AwkGetline`](crate::op::Op::AwkGetline). The `_VAR` forms push the line below the status.
    getline_source {
        /// The main input, into the record.
        MAIN = 0,
        /// The main input, into a variable.
        MAIN_VAR = 1,
        /// A file, into the record.
        FILE = 2,
        /// A file, into a variable.
        FILE_VAR = 3,
        /// A command, into the record.
        COMMAND = 4,
        /// A command, into a variable.
        COMMAND_VAR = 5,
        /// A coprocess, into the record.
        COPROCESS = 6,
        /// A coprocess, into a variable.
        COPROCESS_VAR = 7,
    }

    /// Whether the line goes to a variable.
    pub fn is_var(source: u8) -> bool {
        source % 2 == 1
    }

    /// Stack values taken: the file name or command.
    pub fn pops(source: u8) -> usize {
        usize::from(source >= FILE)
    }

    /// Stack values left: the line in the `_VAR` forms, and the status.
    pub fn pushes(source: u8) -> usize {
        1 + usize::from(is_var(source))
    }
}

modes! {
    /// Signals of [`Op::AwkSignal`](crate::op::Op::AwkSignal).
    awk_signal {
        /// `next`
        NEXT = 0,
        /// `nextfile`
        NEXTFILE = 1,
        /// `exit`
        EXIT = 2,
    }
}

modes! {
    /// Outputs of [`Op::AwkOutput`](crate::op::Op::AwkOutput).
    output_mode {
        /// `> file`
        WRITE = 0,
        /// `>> file`
        APPEND = 1,
        /// `| command`
        PIPE = 2,
        /// `|& command`
        COPROCESS = 3,
    }
}

/// An operand of [`OperandKind::Byte`](super::OperandKind::Byte) that picks a constant of this module.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    /// Name of the op.
    pub op: &'static str,
    /// Name of the operand.
    pub operand: &'static str,
    /// What the constants are, for messages.
    pub what: &'static str,
    /// The constants with their names.
    pub constants: &'static [(&'static str, u8)],
}

static MODES: [Mode; 7] = [
    Mode { op: "TestFile", operand: "test", what: "file test", constants: file_test::ALL },
    Mode { op: "Redirect", operand: "op", what: "redirection", constants: redirect_op::ALL },
    Mode { op: "ExpandParam", operand: "modifier", what: "parameter modifier", constants: param_mod::ALL },
    Mode { op: "AwkGetline", operand: "source", what: "getline source", constants: getline_source::ALL },
    Mode { op: "AwkGetlineOr", operand: "source", what: "getline source", constants: getline_source::ALL },
    Mode { op: "AwkSignal", operand: "signal", what: "awk signal", constants: awk_signal::ALL },
    Mode { op: "AwkOutput", operand: "mode", what: "output mode", constants: output_mode::ALL },
];

impl Mode {
    /// The mode that an operand of an op picks, if it does.
    pub fn of(op: &super::OpInfo, operand: &super::OperandInfo) -> Option<&'static Mode> {
        MODES.iter().find(|mode| mode.op == op.name && mode.operand == operand.name)
    }

    /// All of them.
    pub fn all() -> &'static [Mode] {
        &MODES
    }

    /// The name of a constant.
    pub fn name(&self, value: u8) -> Option<&'static str> {
        self.constants.iter().find(|(_, v)| *v == value).map(|(name, _)| *name)
    }
}
