//! The tokens of awk: their kinds, their spelling, and what the lexer and the parser ask about a kind.

use crate::builtins::Builtin;
use crate::source::Span;

/// A token: what it is and where it stands. Names, numbers and strings are read from the text when needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// Keywords and their spelling.
macro_rules! keywords {
    ($($variant:ident $text:literal)*) => {
        /// A reserved word of the language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Keyword { $(#[doc = concat!("`", $text, "`")] $variant),* }

        impl Keyword {
            /// The keyword that `word` is.
            pub fn from_word(word: &[u8]) -> Option<Self> {
                // The short form of `function` has no kind of its own.
                if word == b"func" {
                    return Some(Keyword::Function);
                }
                $(if word == $text.as_bytes() { return Some(Keyword::$variant) })*
                None
            }

            /// How it is written.
            pub fn text(self) -> &'static str {
                match self { $(Keyword::$variant => $text),* }
            }
        }
    };
}

keywords! {
    Begin "BEGIN"
    End "END"
    BeginFile "BEGINFILE"
    EndFile "ENDFILE"
    Function "function"
    If "if"
    Else "else"
    While "while"
    For "for"
    Do "do"
    In "in"
    Switch "switch"
    Case "case"
    Default "default"
    Break "break"
    Continue "continue"
    Next "next"
    NextFile "nextfile"
    Exit "exit"
    Return "return"
    Delete "delete"
    Getline "getline"
    Print "print"
    Printf "printf"
}

impl Keyword {
    /// Whether every awk reserves the word, so that no part of a qualified name can be it.
    pub(crate) fn is_standard(self) -> bool {
        !matches!(
            self,
            Keyword::BeginFile | Keyword::EndFile | Keyword::Switch | Keyword::Case | Keyword::Default
        )
    }
}

/// Punctuation and its spelling. The lexer takes the first row that matches, so a longer spelling stands
/// before its own prefix.
macro_rules! punctuation {
    ($($variant:ident $text:literal)*) => {
        /// An operator or a bracket.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Punct { $(#[doc = concat!("`", $text, "`")] $variant),* }

        impl Punct {
            /// The punctuation that `text` begins with.
            pub fn at_start_of(text: &[u8]) -> Option<Self> {
                $(if text.starts_with($text.as_bytes()) { return Some(Punct::$variant) })*
                None
            }

            /// How it is written. (`**` and `^` are one operator with two spellings; this gives one of them.)
            pub fn text(self) -> &'static str {
                match self { $(Punct::$variant => $text),* }
            }
        }
    };
}

punctuation! {
    LeftBrace "{"
    RightBrace "}"
    LeftParen "("
    RightParen ")"
    LeftBracket "["
    RightBracket "]"
    Semicolon ";"
    Comma ","
    PlusPlus "++"
    PlusAssign "+="
    Plus "+"
    MinusMinus "--"
    MinusAssign "-="
    Minus "-"
    StarStarAssign "**="
    StarStar "**"
    StarAssign "*="
    Star "*"
    SlashAssign "/="
    Slash "/"
    PercentAssign "%="
    Percent "%"
    CaretAssign "^="
    Caret "^"
    NotEqual "!="
    NotMatch "!~"
    Not "!"
    Append ">>"
    GreaterEqual ">="
    Greater ">"
    LessEqual "<="
    Less "<"
    OrOr "||"
    PipeBoth "|&"
    Pipe "|"
    AndAnd "&&"
    Match "~"
    Question "?"
    Colon ":"
    Equal "=="
    Assign "="
    Dollar "$"
    At "@"
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// The end of a line that is not continued.
    Newline,
    /// The end of the program text.
    Eof,
    /// A number.
    Number,
    /// A string, from quote to quote.
    Str,
    /// A regular expression, from slash to slash.
    Regex,
    /// A regular expression as a value, with the `@` before it.
    TypedRegex,
    /// A name that is not directly followed by `(`.
    Name,
    /// A name directly followed by `(`, which makes it a call.
    FunctionName,
    /// The name of a built-in function.
    Builtin(Builtin),
    /// A reserved word.
    Keyword(Keyword),
    /// An operator or a bracket.
    Punct(Punct),
    /// Text that is no token. The lexer has a diagnostic for it.
    Invalid,
}

impl TokenKind {
    /// Whether an operand of an expression may end with this token, so that a `/` after it divides.
    pub(crate) fn ends_operand(self) -> bool {
        match self {
            TokenKind::Number
            | TokenKind::Str
            | TokenKind::Regex
            | TokenKind::TypedRegex
            | TokenKind::Name
            | TokenKind::FunctionName
            | TokenKind::Builtin(_)
            | TokenKind::Keyword(Keyword::Getline) => true,
            TokenKind::Punct(punct) => {
                matches!(punct, Punct::RightParen | Punct::RightBracket | Punct::PlusPlus | Punct::MinusMinus)
            }
            _ => false,
        }
    }

    /// The token as messages name it.
    pub(crate) fn describe(self) -> String {
        match self {
            TokenKind::Newline => "newline".into(),
            TokenKind::Eof => "end of program".into(),
            TokenKind::Number => "number".into(),
            TokenKind::Str => "string".into(),
            TokenKind::Regex | TokenKind::TypedRegex => "regular expression".into(),
            TokenKind::Name => "name".into(),
            TokenKind::FunctionName => "call".into(),
            TokenKind::Builtin(builtin) => format!("`{}`", builtin.name()),
            TokenKind::Keyword(keyword) => format!("`{}`", keyword.text()),
            TokenKind::Punct(punct) => format!("`{}`", punct.text()),
            TokenKind::Invalid => "invalid text".into(),
        }
    }
}
