//! Code generation: the tree of a program to a chunk of ops.
//!
//! The whole program is one chunk. Its main code is the `BEGIN` actions, the record loop with the rules in it, and the
//! `END` actions; each function is a sub. What a name is was decided by the resolver, so no op looks a name up: a
//! global that only main code uses is a slot of the main frame, the others are indexed globals.
//!
//! Values on the stack are awk's: floats for numbers, strings (those from input carry their mark), and Undef for what
//! was never set. Truth values exist only between a test and its jump: whoever wants the value gets a number.

mod accumulate;
mod arrays;
mod assembly;
mod calls;
mod conditions;
mod dynamic;
mod expressions;
mod extremes;
mod getline;
mod indirect;
mod lint;
mod origins;
mod places;
pub(crate) mod program;
mod statements;
#[cfg(test)]
mod tests;

use crate::ast::{self, Ident, Names};
use crate::diagnostic::Diagnostic;
use crate::parallel::{Change, Plan, Refusal, analyse};
use crate::parser::{MAX_ERRORS, parse_all};
use crate::reports::profile;
use crate::resolver::{Binding, Kind, Resolution, ResolveOptions, Scope, resolve};
use crate::source::{Source, Span};
use crate::specials::{FUNCTAB, PROCINFO, SYMTAB, Special};
use assembly::Assembly;
use fusevm::awk_host::TextFormat;
use fusevm::{Chunk, Op};
pub(crate) use origins::Origins;

/// Which awk a program is written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// POSIX awk and what gawk adds to it.
    #[default]
    Gawk,
    /// The awk of POSIX.
    Posix,
    /// The awk of Unix, which gawk is with `--traditional`.
    Traditional,
}

impl Dialect {
    /// The option that leaves out what gawk adds.
    pub(crate) fn option(self) -> Option<&'static str> {
        match self {
            Dialect::Gawk => None,
            Dialect::Posix => Some("--posix"),
            Dialect::Traditional => Some("--traditional"),
        }
    }
}

/// What the compiler must know beside the program.
#[derive(Clone, Debug, Default)]
pub struct CompileOptions {
    /// Names that `-v` assigns, before the program starts.
    pub preset: Vec<String>,
    /// Names that operands of the command line assign, as the main input gets to them.
    pub assigned: Vec<String>,
    /// Which awk the program is written for.
    pub dialect: Dialect,
    /// What `print` writes, unless OFS says it.
    pub output: Option<TextFormat>,
    /// Whether the records may be read by several threads.
    pub parallel: bool,
    /// Whether doubtful things are told: `--lint`.
    pub lint: bool,
    /// Whether messages come in gawk's own form, and when gawk gives them.
    pub classic: bool,
    /// Whether what gawk adds to the language is told as well.
    pub lint_extensions: bool,
    /// Whether values are told that the awk of Unix Version 7 did not take: `--lint-old`.
    pub lint_old: bool,
    /// Whether the program may add no files to ARGV: `--sandbox`.
    pub sandbox: bool,
    /// Whether to count how often each statement runs.
    pub counts_runs: bool,
    /// Whether all globals are to be found by their names after the run.
    pub keeps_globals: bool,
}

/// A compiled program.
///
/// Before a run, the host sets the globals `ARGC`, `ARGV`, `ENVIRON` (hashes) and those that `-v` assigns. While it
/// runs, an array that the program passes to functions is a Ref to its hash, `ARGV` among them.
#[derive(Clone, Debug)]
pub struct Program {
    /// The code. Line numbers count the lines of the joined program text; [`Source::locate_line`] tells the file.
    /// The result of a run is the exit status, a number.
    pub chunk: Chunk,
    /// Doubtful places in the text.
    pub warnings: Vec<Diagnostic>,
    /// What the program needs of the host that others do not.
    pub uses: Uses,
    /// The names of the global variables.
    pub globals: Vec<String>,
    /// Where arrays come from, for messages.
    pub(crate) origins: Origins,
    /// For several threads, if that was asked for: how, or why not.
    pub(crate) parallel: Option<Result<Workers, Refusal>>,
}

/// The program of the threads that read records.
#[derive(Clone, Debug)]
pub(crate) struct Workers {
    /// BEGIN and the rules, which log what they add to accumulators.
    pub chunk: Chunk,
    /// What the main program must know of them.
    pub plan: Plan,
}

/// What a program needs of the host, and what costs something to have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// The array PROCINFO.
    pub procinfo: bool,
    /// Arrays as elements of PROCINFO.
    pub nested_procinfo: bool,
    /// What ended each record, in RT.
    pub terminators: bool,
}

/// Compiles a program.
///
/// # Errors
/// What is wrong with the program, in source order, at most [`MAX_ERRORS`].
pub fn compile(source: &Source, options: &CompileOptions) -> Result<Program, Vec<Diagnostic>> {
    let attempt = parse_all(source);
    let (program, mut warnings) = (attempt.program, attempt.warnings);
    let assigned = options.preset.iter().chain(&options.assigned).cloned().collect();
    let resolve_options = ResolveOptions { assigned, dialect: options.dialect };
    if !attempt.errors.is_empty() {
        let mut errors = attempt.errors;
        if options.lint && attempt.is_whole {
            errors.extend(resolve(&program, &resolve_options).err().into_iter().flatten());
        }
        return Err(errors);
    }
    let mut foreign = crate::lint::foreign(&program, options.dialect);
    if !foreign.is_empty() {
        foreign.truncate(MAX_ERRORS);
        return Err(foreign);
    }
    let mut resolution = resolve(&program, &resolve_options)?;
    warnings.append(&mut resolution.warnings);
    if options.lint {
        warnings.append(&mut crate::lint::check_text(&program, source, options.lint_extensions));
        warnings.append(&mut crate::lint::check(&program, &resolution));
    }
    let mut options = options.clone();
    let mut changes = Vec::new();
    let parallel = match options.parallel.then(|| analyse(&program, &resolution)) {
        None => None,
        Some(Err(refusal)) => Some(Err(refusal)),
        Some(Ok((plan, of_plan))) => {
            // The host finds them by their names.
            options.assigned.extend(plan.scalars.iter().map(|scalar| scalar.name.clone()));
            options.assigned.extend(plan.kept.iter().cloned());
            changes = of_plan;
            let (chunk, _) = generate(source, &program, &resolution, &options, Some(&plan), &changes)?;
            Some(Ok(Workers { chunk, plan }))
        }
    };
    let (chunk, origins) = generate(source, &program, &resolution, &options, None, &changes)?;
    let facts = resolution.facts;
    let mentions = |name| program.names.get(name).is_some() || facts.mentions_symtab;
    let procinfo = mentions(PROCINFO);
    let nested_procinfo = procinfo && facts.has_nested_arrays;
    let uses = Uses { procinfo, nested_procinfo, terminators: mentions("RT") };
    let names = resolution.globals.iter().map(|global| program.names.text(global.name).to_owned());
    Ok(Program { chunk, warnings, uses, globals: names.collect(), origins, parallel })
}

/// What `--lint` finds in the text of a program that is wrong, as long as its syntax is right.
pub(crate) fn doubts(source: &Source, options: &CompileOptions) -> Vec<Diagnostic> {
    let attempt = parse_all(source);
    if !options.lint || !attempt.is_whole {
        return Vec::new();
    }
    crate::lint::check_text(&attempt.program, source, options.lint_extensions)
}

/// The code of a program; with a plan, that of its workers.
fn generate(
    source: &Source,
    program: &ast::Program,
    resolution: &Resolution,
    options: &CompileOptions,
    plan: Option<&Plan>,
    changes: &[Change],
) -> Result<(Chunk, Origins), Vec<Diagnostic>> {
    let mut compiler = Compiler {
        source,
        names: &program.names,
        storage: Vec::new(),
        exit: program::ExitStatus::None,
        ranges: Vec::new(),
        code: Assembly::new(source.name()),
        resolution,
        scope: None,
        next_slot: 0,
        loops: Vec::new(),
        ways: Ways::default(),
        errors: Vec::new(),
        origins: Origins::default(),
        output: options.output,
        dialect: options.dialect,
        lints: options.lint || program.names.get("LINT").is_some(),
        sandbox: options.sandbox,
        classic: options.classic,
        lint_old: options.lint_old,
        counts_runs: options.counts_runs,
        plan,
        changes,
    };
    compiler.program(program, options);
    let Compiler { code, mut errors, origins, .. } = compiler;
    let chunk = code.finish().map_err(|message| {
        // A pool of the chunk is full; no single place is to blame.
        vec![Diagnostic::error(Span::default(), format!("the program is too large: {message}"))]
    })?;
    if !errors.is_empty() {
        errors.sort_by_key(|error| error.span.start);
        errors.truncate(MAX_ERRORS);
        return Err(errors);
    }
    Ok((chunk, origins))
}

/// Where a variable lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scalar {
    /// A slot of the running frame.
    Slot(u16),
    /// A global, by index into the name pool.
    Global(u16),
    /// A variable of the record and I/O machinery, by index into the name pool.
    Special(Special, u16),
}

/// How an array is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Array {
    /// A global hash that has no other name.
    Global(u16),
    /// A cell in a global: the array is passed to functions somewhere.
    SharedGlobal(u16),
    /// A cell in a slot: a parameter or local.
    Slot(u16),
    /// A variable that may hold a cell or a scalar.
    Dynamic(Scalar, Ident),
    /// The variables by their names.
    Symtab,
    /// The functions' names, which nobody changes.
    Functab(u16),
}

/// Where a global lives, by its number.
#[derive(Clone, Copy, Debug)]
enum Storage {
    Scalar(Scalar),
    Array(Array),
}

/// The labels of a loop.
struct Loop {
    r#break: assembly::Label,
    r#continue: assembly::Label,
}

/// Where `next` and `exit` go in the code at hand; in functions they are signals.
#[derive(Clone, Copy, Default)]
struct Ways {
    next: Option<assembly::Label>,
    exit: Option<assembly::Label>,
    /// Whether a try region must be closed on the way to `exit`.
    in_try: bool,
}

struct Compiler<'a> {
    source: &'a Source,
    names: &'a Names,
    resolution: &'a Resolution,
    /// For each global, where it lives.
    storage: Vec<Storage>,
    exit: program::ExitStatus,
    /// For each range pattern that is still to come, the slot that says whether the range is open.
    ranges: Vec<u16>,
    code: Assembly,
    /// The function whose body is being compiled.
    scope: Scope,
    /// The first slot of the frame that is not in use.
    next_slot: u16,
    loops: Vec<Loop>,
    ways: Ways,
    errors: Vec<Diagnostic>,
    /// What calls pass.
    origins: Origins,
    /// What `print` writes, unless OFS says it.
    output: Option<TextFormat>,
    dialect: Dialect,
    /// Whether messages come when gawk gives them.
    classic: bool,
    /// Whether what is assigned to elements of ARGV must be allowed.
    sandbox: bool,
    /// Whether lint is on, or can be turned on.
    lints: bool,
    lint_old: bool,
    counts_runs: bool,
    /// What the program does with what the rules add up, when it is that of a worker.
    plan: Option<&'a Plan>,
    /// The statements that change what keeps extremes.
    changes: &'a [Change<'a>],
}

impl Compiler<'_> {
    fn emit(&mut self, op: Op) {
        self.code.emit(op);
    }

    /// The ops from here on belong to the line of `span`.
    fn at(&mut self, span: Span) {
        self.code.line = self.source.line_number(span.start);
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(Diagnostic::error(span, message));
    }

    /// A slot of the frame that nothing else uses.
    fn new_slot(&mut self) -> u16 {
        let slot = self.next_slot;
        match slot.checked_add(1) {
            Some(next) => self.next_slot = next,
            None => self.error(Span::default(), "too many variables"),
        }
        slot
    }

    /// Calls a builtin function of the engine with what is on the stack.
    fn call_builtin(&mut self, id: u16, count: u8) {
        self.emit(Op::CallBuiltin(id, count));
    }

    /// Ends the run.
    fn fatal(&mut self, message: &str) {
        self.code.string(message.as_bytes());
        self.emit(Op::Throw);
    }

    /// Counts a run of what begins at `span`, for a profile.
    fn count_run(&mut self, span: Span) {
        if self.counts_runs {
            self.emit(Op::LoadInt(span.start.into()));
            self.emit(Op::CallBuiltin(profile::COUNT, 1));
            self.emit(Op::Pop);
        }
    }

    /// A count operand, which is a byte.
    fn count(&mut self, count: usize, span: Span) -> u8 {
        u8::try_from(count).unwrap_or_else(|_| {
            self.error(span, "more than 255 values in one list");
            0
        })
    }

    fn name(&mut self, ident: Ident) -> u16 {
        let text = self.names.text(ident.name);
        self.code.name(text)
    }

    /// Where the scalar of a name lives.
    fn scalar(&mut self, ident: Ident) -> Scalar {
        match self.resolution.binding(self.scope, ident.name) {
            Some(Binding::Local(index)) => Scalar::Slot(index as u16),
            Some(Binding::Special(special)) => Scalar::Special(special, self.name(ident)),
            Some(Binding::Global(index)) => match self.storage[index] {
                Storage::Scalar(scalar) => scalar,
                Storage::Array(_) => Scalar::Global(self.name(ident)),
            },
            None => Scalar::Global(self.name(ident)),
        }
    }

    /// How the array of a name is reached.
    fn array(&mut self, ident: Ident) -> Array {
        match self.names.text(ident.name) {
            SYMTAB => return Array::Symtab,
            FUNCTAB => return Array::Functab(self.name(ident)),
            _ => {}
        }
        if self.kind(ident) == Kind::Dynamic {
            return Array::Dynamic(self.scalar(ident), ident);
        }
        match self.resolution.binding(self.scope, ident.name) {
            Some(Binding::Local(index)) => Array::Slot(index as u16),
            Some(Binding::Global(index)) => match self.storage[index] {
                Storage::Array(array) => array,
                Storage::Scalar(_) => Array::Global(self.name(ident)),
            },
            _ => Array::Global(self.name(ident)),
        }
    }

    fn kind(&self, ident: Ident) -> Kind {
        self.resolution.kind(self.scope, ident.name)
    }

    fn types(&self, expr: &ast::Expr) -> crate::resolver::Types {
        self.resolution.types(self.scope, expr)
    }
}
