//! The command line, as clap reads it and shows it in help, completions and man pages.

use crate::failure::colors_are_welcome;
use crate::help;
use crate::limits::Limits;
use clap::error::{ContextKind, ContextValue};
use clap::{
    Arg, ArgAction, Args, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand, ValueHint,
};
use clap_complete::Shell;
use fusevm_awk::options::{OPTIONS, OptionRow, Takes};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Reads the command line, the name of the command included.
pub fn parse(arguments: Vec<OsString>) -> Result<Command, clap::Error> {
    // What clap writes has colors under the same conditions as our own messages.
    let color = if colors_are_welcome() { ColorChoice::Auto } else { ColorChoice::Never };
    let matches = definition().color(color).try_get_matches_from(arguments).map_err(with_tip)?;
    CommandLine::from_arg_matches(&matches).map(|line| line.command)
}

/// Adds what somebody probably meant who gave a file in the place of a command.
fn with_tip(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand)
        && Path::new(name).exists()
    {
        let tip = format!("to run a program: 'fusevm run {name}'");
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

/// The definition of the command line, for help, completions and man pages.
pub fn definition() -> clap::Command {
    CommandLine::command().subcommand(awk())
}

/// Run, assemble and inspect programs of the fusevm virtual machine
///
/// A program is a file in the text form that `dis` writes or in the binary form that `asm` writes; each
/// command tells them apart by itself and takes either. The file `-` is standard input.
#[derive(Debug, Parser)]
#[command(
    name = "fusevm",
    version,
    arg_required_else_help = true,
    subcommand_value_name = "COMMAND",
    max_term_width = 100,
    after_long_help = help::below_options(""),
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// The commands, whose help texts are those of their arguments' types.
#[derive(Debug, Subcommand)]
pub enum Command {
    Run(Run),
    Asm(Asm),
    Dis(Dis),
    Check(Check),
    Code(Code),
    #[cfg(feature = "jit")]
    Jit(Jit),
    Completions(Completions),
    Man(Man),
}

/// Run a program
///
/// Prints what the program prints, and nothing else. When the program's result is a status, that is the exit
/// status. The program has no power over processes and files: ops that ask for it are errors.
#[derive(Args, Debug)]
#[command(after_long_help = help::below_options("run"))]
pub struct Run {
    /// The program, in text or binary form; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,

    /// Print the program's result, too
    ///
    /// It comes after the program's output, written as the text form writes constants. A program that ends
    /// with an empty stack has none.
    #[arg(long)]
    pub print_result: bool,

    /// Run on the reference interpreter
    ///
    /// It is slow, simple, and checks every step. Where its output differs from that of the fast one, there is
    /// a mistake in fusevm.
    #[arg(long)]
    pub reference: bool,

    /// Tell on standard error what is compiled to native code
    ///
    /// One line for each thing that happens: hot, record, compile, link, exit, abort, evict; and at the end where
    /// the time went.
    #[cfg(feature = "jit")]
    #[arg(long)]
    pub jit_log: bool,

    /// Interpret everything, and compile nothing to native code
    #[cfg(feature = "jit")]
    #[arg(long)]
    pub no_jit: bool,

    /// What the program may use.
    #[command(flatten)]
    pub limits: Limits,
}

/// Show what the compiler to native code does with a program
#[cfg(feature = "jit")]
#[derive(Args, Debug)]
#[command(arg_required_else_help = true, after_long_help = help::below_options("jit"))]
pub struct Jit {
    /// What to show.
    #[command(subcommand)]
    pub command: JitCommand,
}

/// The commands of `fusevm jit`.
#[cfg(feature = "jit")]
#[derive(Debug, Subcommand)]
#[command(subcommand_value_name = "COMMAND")]
pub enum JitCommand {
    Dump(Dump),
    Report(Report),
}

/// Run a program, and show the native code that was made of it
///
/// Of each loop and sub: the ops, the code that the interpreter runs, the recorded trace before and after each
/// pass of the optimiser, Cranelift's form, and the machine code. What the program prints is not shown.
#[cfg(feature = "jit")]
#[derive(Args, Debug)]
#[command(after_long_help = help::below_options("jit dump"))]
pub struct Dump {
    /// Only the loop or sub that begins at this source line
    #[arg(long, value_name = "N")]
    pub line: Option<u32>,

    /// Only the loop or sub that begins at this op
    #[arg(long, value_name = "N", conflicts_with = "line")]
    pub op: Option<usize>,

    /// Write here instead of to standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// The program, as one runs it: `PROGRAM.fvm`, `run PROGRAM.fvm`, or `awk 'PROGRAM' FILE`
    #[arg(required = true, trailing_var_arg = true, value_name = "PROGRAM", value_hint = ValueHint::FilePath)]
    pub program: Vec<OsString>,
}

/// Run a program, and write a page on where its time went
///
/// The page says which loops and subs ran in which tier, for how long, by which exits native code was left, and
/// why something was not compiled, all in the lines of the program's own text. It is one file that needs nothing
/// else. The program reads and prints as ever, and its exit status is that of the command.
#[cfg(feature = "jit")]
#[derive(Args, Debug)]
#[command(after_long_help = help::below_options("jit report"))]
pub struct Report {
    /// The page to write
    #[arg(value_name = "PAGE.html", value_parser = page, value_hint = ValueHint::FilePath)]
    pub page: PathBuf,

    /// The program, as one runs it: `PROGRAM.fvm`, `run PROGRAM.fvm`, or `awk 'PROGRAM' FILE`
    #[arg(required = true, trailing_var_arg = true, value_name = "PROGRAM", value_hint = ValueHint::FilePath)]
    pub program: Vec<OsString>,
}

/// The name of a page. Another name is most likely that of the program, which must not be overwritten.
#[cfg(feature = "jit")]
fn page(name: &str) -> Result<PathBuf, String> {
    match Path::new(name).extension() {
        Some(html) if html.eq_ignore_ascii_case("html") => Ok(name.into()),
        _ => Err("the name of the page to write must end in .html; the program comes after it".into()),
    }
}

/// Assemble a program: text to binary
///
/// The program need not be fit to run; `check` verifies it.
#[derive(Args, Debug)]
#[command(after_long_help = help::below_options("asm"))]
pub struct Asm {
    /// The program, in text or binary form; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,

    /// Write here instead of to standard output
    ///
    /// The file is replaced when everything is written, or stays as it was.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Store the name and line numbers of the text
    ///
    /// Errors of the binary program then name them, as those of the text do. What the text says itself with
    /// .source and .line takes precedence.
    #[arg(long)]
    pub lines: bool,
}

/// Disassemble a program: binary to text
///
/// The text assembles to exactly the same program again.
#[derive(Args, Debug)]
#[command(after_long_help = help::below_options("dis"))]
pub struct Dis {
    /// The program, in text or binary form; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,

    /// Write here instead of to standard output
    ///
    /// The file is replaced when everything is written, or stays as it was.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

/// Say what is wrong with programs
///
/// Assembles and verifies each file, and tells every mistake with its place. Says nothing about programs
/// that are fit to run.
#[derive(Args, Debug)]
#[command(after_long_help = help::below_options("check"))]
pub struct Check {
    /// The programs, in text or binary form; `-` is standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
}

/// Show the code that the engine runs, beside the ops
///
/// The engine turns the ops, which work on a stack, into instructions that work on registers. On the left
/// stand the instructions, on the right the ops that they come from.
#[derive(Args, Debug)]
#[command(after_long_help = help::below_options("code"))]
pub struct Code {
    /// The program, in text or binary form; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
}

/// Print a completion script for a shell
#[derive(Args, Debug)]
#[command(after_long_help = help::below_options("completions"))]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

/// Print the manual page, or write all manual pages to a directory
#[derive(Args, Debug)]
#[command(after_long_help = help::below_options("man"))]
pub struct Man {
    /// Where to write fusevm.1 and a page for each command
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub directory: Option<PathBuf>,
}

/// The command line of awk as people are told of it. awk reads its own, in the way that POSIX says.
fn awk() -> clap::Command {
    const LONG_ABOUT: &str = "Run an awk program over files, or over standard input when there are none. \
        `-` is standard input, too, and an operand of the form var=value sets a variable when its turn comes.\n\n\
        A link named `awk` to this command is the same.";
    const USAGE: &str = "fusevm awk [OPTIONS] 'PROGRAM' [FILE | VAR=VALUE]...\n       \
        fusevm awk [OPTIONS] -f PROGFILE... [FILE | VAR=VALUE]...";
    clap::Command::new("awk")
        .display_order(0)
        .about("Run an awk program")
        .long_about(LONG_ABOUT)
        .version(env!("CARGO_PKG_VERSION"))
        .override_usage(USAGE)
        .after_long_help(help::below_options("awk"))
        .disable_help_flag(true)
        .disable_version_flag(true)
        .args(OPTIONS.iter().map(awk_option))
        .arg(
            Arg::new("arguments")
                .value_name("ARGUMENT")
                .num_args(0..)
                .value_hint(ValueHint::FilePath)
                .help("The program, unless -f gives it; then files and assignments"),
        )
}

/// An option of awk, from the table that awk reads its command line by.
fn awk_option(row: &OptionRow) -> Arg {
    let arg = Arg::new(row.long).short(row.short).long(row.long).help(row.help);
    let arg = arg.help_heading(row.group.title());
    match row.takes {
        Takes::Nothing => arg.action(ArgAction::SetTrue),
        Takes::Value(value) => arg.value_name(value).action(ArgAction::Append),
        Takes::Maybe(value) => arg.value_name(value).num_args(0..=1).require_equals(true),
    }
}
