//! The built-in functions: one row each, with what the parser and the resolver must know of its arguments.

/// What a built-in function does with one of its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// Takes its value.
    Value,
    /// Takes a regular expression: a regex literal stands for itself, another value is one in a string.
    Regex,
    /// Fills an array, named bare.
    Array,
    /// Changes a variable, element or field.
    Target,
    /// Takes the value of a scalar or looks at an array.
    ValueOrArray,
}

/// The kind of value that a built-in function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// A number.
    Number,
    /// A string.
    String,
}

struct Row {
    name: &'static str,
    /// Fewest arguments.
    required: usize,
    /// What each argument is for; its length is the most arguments that are allowed.
    params: &'static [Param],
    /// Any number of arguments may follow, each like the last of `params`.
    variadic: bool,
    gives: Gives,
}

macro_rules! builtins {
    (@variadic) => { false };
    (@variadic ...) => { true };
    ($($variant:ident $name:literal $required:literal [$($param:ident)*] $(($dots:tt))? -> $gives:ident;)*) => {
        /// A built-in function.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Builtin { $(#[doc = concat!("`", $name, "`")] $variant),* }

        const ROWS: &[Row] = &[$(Row {
            name: $name,
            required: $required,
            params: &[$(Param::$param),*],
            variadic: builtins!(@variadic $($dots)?),
            gives: Gives::$gives,
        }),*];

        const ALL: &[Builtin] = &[$(Builtin::$variant),*];
    };
}

builtins! {
    // POSIX
    Atan2 "atan2" 2 [Value Value] -> Number;
    Close "close" 1 [Value Value] -> Number;
    Cos "cos" 1 [Value] -> Number;
    Exp "exp" 1 [Value] -> Number;
    Fflush "fflush" 0 [Value] -> Number;
    Gsub "gsub" 2 [Regex Value Target] -> Number;
    Index "index" 2 [Value Value] -> Number;
    Int "int" 1 [Value] -> Number;
    Length "length" 0 [ValueOrArray] -> Number;
    Log "log" 1 [Value] -> Number;
    Match "match" 2 [Value Regex Array] -> Number;
    Rand "rand" 0 [] -> Number;
    Sin "sin" 1 [Value] -> Number;
    Split "split" 2 [Value Array Regex Array] -> Number;
    Sprintf "sprintf" 1 [Value] (...) -> String;
    Sqrt "sqrt" 1 [Value] -> Number;
    Srand "srand" 0 [Value] -> Number;
    Sub "sub" 2 [Regex Value Target] -> Number;
    Substr "substr" 2 [Value Value Value] -> String;
    System "system" 1 [Value] -> Number;
    Tolower "tolower" 1 [Value] -> String;
    Toupper "toupper" 1 [Value] -> String;
    // gawk; a name in a namespace, or a parameter, can be any of these.
    And "and" 2 [Value] (...) -> Number;
    Asort "asort" 1 [Array Array Value] -> Number;
    Asorti "asorti" 1 [Array Array Value] -> Number;
    Bindtextdomain "bindtextdomain" 1 [Value Value] -> String;
    Compl "compl" 1 [Value] -> Number;
    Dcgettext "dcgettext" 1 [Value Value Value] -> String;
    Dcngettext "dcngettext" 3 [Value Value Value Value Value] -> String;
    Gensub "gensub" 3 [Regex Value Value Value] -> String;
    Intdiv "intdiv" 3 [Value Value Array] -> Number;
    Isarray "isarray" 1 [ValueOrArray] -> Number;
    Lshift "lshift" 2 [Value Value] -> Number;
    Mkbool "mkbool" 1 [Value] -> Number;
    Mktime "mktime" 1 [Value Value] -> Number;
    Or "or" 2 [Value] (...) -> Number;
    Patsplit "patsplit" 2 [Value Array Regex Array] -> Number;
    Rshift "rshift" 2 [Value Value] -> Number;
    Strftime "strftime" 0 [Value Value Value] -> String;
    Strtonum "strtonum" 1 [Value] -> Number;
    Systime "systime" 0 [] -> Number;
    Typeof "typeof" 1 [ValueOrArray Array] -> String;
    Xor "xor" 2 [Value] (...) -> Number;
}

impl Builtin {
    /// All of them, in the order of the table.
    pub fn all() -> &'static [Builtin] {
        ALL
    }

    /// The built-in function of that name.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        ALL.iter().copied().find(|builtin| builtin.name().as_bytes() == name)
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// Whether every awk has it, so that no name in any namespace can be its.
    pub fn is_standard(self) -> bool {
        // The table has POSIX's functions first.
        (self as usize) < Builtin::And as usize
    }

    /// Whether gawk has it, so that programs which look at FUNCTAB expect it there.
    pub(crate) fn is_in_gawk(self) -> bool {
        self != Builtin::Intdiv
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What it does with argument `index`, from 0; `None` when it takes no such argument.
    pub fn param(self, index: usize) -> Option<Param> {
        let Row { params, variadic, .. } = self.row();
        let beyond_last = if *variadic { params.last() } else { None };
        params.get(index).or(beyond_last).copied()
    }

    /// The kind of value that it gives.
    pub fn gives(self) -> Gives {
        self.row().gives
    }

    /// Whether it can be called with so many arguments.
    pub(crate) fn accepts(self, count: usize) -> bool {
        let row = self.row();
        count >= row.required && (row.variadic || count <= row.params.len())
    }

    /// The number of arguments in words: "2 arguments", "1 or 2 arguments", "at least 2 arguments".
    pub(crate) fn arity(self) -> String {
        let row = self.row();
        let most = row.params.len();
        let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
        match (row.required, most, row.variadic) {
            (least, _, true) => format!("at least {least} {}", plural(least)),
            (0, 0, _) => "no arguments".into(),
            (0, 1, _) => "at most 1 argument".into(),
            (least, most, _) if least == most => format!("{most} {}", plural(most)),
            (least, most, _) if least + 1 == most => format!("{least} or {most} arguments"),
            (least, most, _) => format!("{least} to {most} arguments"),
        }
    }
}
