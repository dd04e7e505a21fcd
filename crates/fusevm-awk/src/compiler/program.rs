//! The frame of a program: globals, `BEGIN`, the record loop, `END`, and functions.

use super::assembly::Label;
use super::{Array, CompileOptions, Compiler, Scalar, Storage, Ways};
use crate::ast::{Block, Function, Pattern, Program, Rule};
use crate::builtins::Builtin;
use crate::resolver::{Facts, Kind};
use crate::specials::{FUNCTAB, PRESET, SYMTAB, Special};
use fusevm::awk_host::Destination;
use fusevm::op::awk_signal;
use fusevm::op::getline_source;
use fusevm::{Op, awk_builtins};

/// The most globals that live in slots; further ones, and temporaries, need room too.
const MAX_SLOT_GLOBALS: u16 = 50_000;

/// Where the exit status is kept.
#[derive(Clone, Copy)]
pub(super) enum ExitStatus {
    /// The program has no `exit`.
    None,
    Slot(u16),
    /// A hidden global, since a function uses `exit`.
    Global(u16),
}

/// What the subs of awk functions begin with. The colon keeps them apart from every name that a program can have.
pub(crate) const FUNCTION_PREFIX: &str = "fn:";

/// The sub of an awk function.
pub(super) fn sub_name(function: &str) -> String {
    format!("{FUNCTION_PREFIX}{function}")
}

impl Compiler<'_> {
    pub(super) fn program(&mut self, program: &Program, options: &CompileOptions) {
        let facts = self.resolution.facts;
        self.function_table(program);
        self.globals(options);
        self.symbol_table(options);
        self.identifiers(program, options);
        self.choose_exit_status();
        // They keep their values from record to record, so nothing else may use these slots in between.
        let ranges = program.rules().filter(|rule| matches!(rule.pattern, Pattern::Range(..))).count();
        self.ranges = (0..ranges).map(|_| self.new_slot()).collect();
        let (end, finish) = (self.code.label(), self.code.label());
        let mut handlers = Vec::new();

        self.section(program, &Pattern::Begin, end, &mut handlers);
        if facts.reads_input {
            self.record_loop(program, end, &mut handlers);
        }
        self.code.bind(end);
        // Workers leave END to the main program.
        if self.plan.is_none() {
            if self.guards_file_rules() {
                // `exit` may have left one of them.
                self.leave_file_rule();
            }
            self.section(program, &Pattern::End, finish, &mut handlers);
        }
        self.code.bind(finish);
        self.return_status();
        for handler in handlers {
            self.handler(handler);
        }
        for function in program.functions() {
            self.function(function);
        }
        self.adapters(program);
        self.file_rules(program);
        if self.plan.is_none() {
            self.replays();
        }
    }

    /// Tells in `PROCINFO["identifiers"]` what each name of the program is. Only a program that has arrays of arrays
    /// can look at it.
    fn identifiers(&mut self, program: &Program, options: &CompileOptions) {
        let facts = self.resolution.facts;
        if !facts.mentions_procinfo || !facts.has_nested_arrays {
            return;
        }
        let mut lines = Vec::new();
        lines.extend(Special::ALL.iter().map(|special| format!("{} scalar", special.name())));
        lines.extend(
            PRESET
                .iter()
                .map(|(name, is_array)| format!("{name} {}", if *is_array { "array" } else { "scalar" })),
        );
        let built_in = Builtin::all().iter().filter(|builtin| builtin.is_in_gawk());
        lines.extend(built_in.map(|builtin| format!("{} builtin", builtin.name())));
        lines.extend(program.functions().map(|f| format!("{} user", self.names.text(f.name.name))));
        lines.extend(self.resolution.globals.iter().map(|global| {
            let name = self.names.text(global.name);
            let is_preset = PRESET.iter().find(|(preset, _)| *preset == name);
            // It is told before anything is used; only what the command line assigns is something by then.
            match is_preset {
                Some((_, true)) => format!("{name} array"),
                Some((_, false)) => format!("{name} scalar"),
                None if options.preset.iter().any(|preset| preset == name) => format!("{name} scalar"),
                None => format!("{name} untyped"),
            }
        }));
        self.code.string(lines.join("\n").as_bytes());
        self.call_builtin(awk_builtins::IDENTIFIERS, 1);
        self.emit(Op::Pop);
    }

    /// Makes the table of the variables' names, through which SYMTAB finds them.
    fn symbol_table(&mut self, options: &CompileOptions) {
        if !self.resolution.facts.mentions_symtab {
            return;
        }
        let mut names: Vec<&str> = Special::ALL.iter().map(|special| special.name()).collect();
        // The tables themselves are not in it.
        names.extend(PRESET.iter().map(|(name, _)| *name).filter(|name| !matches!(*name, SYMTAB | FUNCTAB)));
        names.extend(self.resolution.globals.iter().map(|global| self.names.text(global.name)));
        names.extend(options.preset.iter().map(String::as_str));
        names.retain(|name| !matches!(*name, SYMTAB | FUNCTAB));
        names.sort_unstable();
        names.dedup();
        let joined = names.join("\n");
        self.code.string(joined.as_bytes());
        self.call_builtin(awk_builtins::NAMES, 1);
        let table = self.code.name(SYMTAB);
        self.emit(Op::SetHash(table));
    }

    /// Decides where each global lives, and makes those that cannot start as Undef.
    fn globals(&mut self, options: &CompileOptions) {
        let facts = self.resolution.facts;
        for index in 0..self.resolution.globals.len() {
            let global = &self.resolution.globals[index];
            let (kind, is_passed) = (global.kind, global.is_passed);
            // Rules for files are subs, and SYMTAB finds variables by their names.
            let in_function = global.is_used_in_function || facts.has_file_rules || facts.mentions_symtab;
            let text = self.names.text(global.name);
            // The host knows ARGC by its name, and operands of the command line set variables by theirs.
            let is_awks = PRESET.iter().any(|(name, _)| *name == text);
            // Messages about arrays find the names of globals.
            let is_dynamic = kind == Kind::Dynamic;
            let by_name = options.keeps_globals
                || facts.mentions_argv
                || is_awks
                || is_dynamic
                || options.assigned.iter().any(|name| name == text);
            let is_filled = is_awks;
            let is_preset = options.preset.iter().any(|name| name == text);
            let storage = match kind {
                Kind::Array if matches!(text, SYMTAB | FUNCTAB) => {
                    Storage::Array(Array::Global(self.code.name(text)))
                }
                Kind::Array if is_passed => {
                    let name = self.code.name(text);
                    self.emit(if is_filled { Op::GetVar(name) } else { Op::MakeHash(0) });
                    self.emit(Op::RefNew);
                    self.emit(Op::SetVar(name));
                    Storage::Array(Array::SharedGlobal(name))
                }
                Kind::Array => Storage::Array(Array::Global(self.code.name(text))),
                Kind::Scalar | Kind::Unknown | Kind::Dynamic
                    if by_name || in_function || self.next_slot >= MAX_SLOT_GLOBALS =>
                {
                    Storage::Scalar(Scalar::Global(self.code.name(text)))
                }
                Kind::Scalar | Kind::Unknown | Kind::Dynamic => {
                    let slot = self.new_slot();
                    if is_preset {
                        let name = self.code.name(text);
                        self.emit(Op::GetVar(name));
                        self.emit(Op::SetSlot(slot));
                    }
                    Storage::Scalar(Scalar::Slot(slot))
                }
            };
            if let (Kind::Dynamic, Storage::Scalar(scalar)) = (kind, storage)
                && !is_preset
            {
                self.make_untyped(scalar);
            }
            self.storage.push(storage);
        }
    }

    /// Makes a variable that has no value one that can still become an array.
    fn make_untyped(&mut self, variable: Scalar) {
        self.load(variable);
        self.call_builtin(awk_builtins::AS_ARGUMENT, 1);
        self.store(variable);
    }

    fn choose_exit_status(&mut self) {
        let facts = self.resolution.facts;
        if facts.exit_in_function {
            self.exit = ExitStatus::Global(self.code.name("exit:status"));
            self.emit(Op::LoadInt(0));
            self.set_exit_status();
        } else if facts.exit_in_rule {
            self.exit = ExitStatus::Slot(self.new_slot());
            self.emit(Op::LoadInt(0));
            self.set_exit_status();
        }
    }

    pub(super) fn set_exit_status(&mut self) {
        match self.exit {
            ExitStatus::None => self.emit(Op::Pop),
            ExitStatus::Slot(slot) => self.emit(Op::SetSlot(slot)),
            ExitStatus::Global(name) => self.emit(Op::SetVar(name)),
        }
    }

    fn return_status(&mut self) {
        match self.exit {
            ExitStatus::None => self.emit(Op::LoadInt(0)),
            ExitStatus::Slot(slot) => self.emit(Op::GetSlot(slot)),
            ExitStatus::Global(name) => self.emit(Op::GetVar(name)),
        }
        self.emit(Op::ReturnValue);
    }

    /// The `BEGIN` or the `END` actions, which `exit` leaves for `exit`.
    fn section(&mut self, program: &Program, which: &Pattern, exit: Label, handlers: &mut Vec<Handler>) {
        let mut actions = program.rules().filter(|rule| same(&rule.pattern, which)).peekable();
        if actions.peek().is_none() {
            return;
        }
        let in_try = self.needs_handler();
        if in_try {
            let start = self.code.label();
            self.code.jump(Op::TryBegin, start);
            let place = if matches!(which, Pattern::Begin) { "BEGIN" } else { "END" };
            handlers.push(Handler { start, exit, next: NextWay::Refused(place) });
        }
        self.ways = Ways { next: None, exit: Some(exit), in_try };
        for rule in actions {
            if let Some(block) = &rule.action {
                self.block(block);
            }
        }
        if in_try {
            self.emit(Op::TryEnd);
        }
    }

    /// Reads records and runs the rules for each.
    fn record_loop(&mut self, program: &Program, end: Label, handlers: &mut Vec<Handler>) {
        // The loop stands nowhere in the text; people look for it where its first rule is.
        let is_for_records = |rule: &&Rule| {
            !matches!(rule.pattern, Pattern::Begin | Pattern::End | Pattern::BeginFile | Pattern::EndFile)
        };
        let is_last = |rule: &&Rule| matches!(rule.pattern, Pattern::End);
        let first = program.rules().find(is_for_records).or_else(|| program.rules().find(is_last));
        if let Some(rule) = first {
            self.at(rule.span);
        }
        let in_try = self.needs_handler();
        let again = self.code.here();
        if in_try {
            let start = self.code.label();
            self.code.jump(Op::TryBegin, start);
            handlers.push(Handler { start, exit: end, next: NextWay::To(again) });
        }
        let next = self.code.here();
        let done = self.code.label();
        self.read_main();
        self.emit(Op::LoadInt(0));
        self.emit(Op::NumGt);
        self.code.jump(Op::JumpIfFalse, done);
        self.ways = Ways { next: Some(next), exit: Some(end), in_try };
        for rule in program.rules().filter(is_for_records) {
            self.rule(rule);
        }
        self.code.jump(Op::Jump, next);
        self.code.bind(done);
        if in_try {
            self.emit(Op::TryEnd);
        }
    }

    /// Pushes the status of reading a record of the main input.
    fn read_main(&mut self) {
        if self.resolution.facts.has_file_rules {
            self.read_record(Destination::Record);
        } else {
            self.emit(Op::AwkGetline(getline_source::MAIN));
        }
    }

    /// Pushes the status of reading a record, with the rules for files run on the way.
    pub(super) fn read_record(&mut self, to: Destination) {
        let name = self.code.name(reader_name(to));
        self.emit(Op::Call(name, 0));
    }

    /// The rules for the beginning and the end of files, each kind a sub, and the subs that read records and call them.
    fn file_rules(&mut self, program: &Program) {
        if !self.resolution.facts.has_file_rules {
            return;
        }
        let kinds = [(Pattern::BeginFile, "rule:BEGINFILE"), (Pattern::EndFile, "rule:ENDFILE")];
        for (which, name) in &kinds {
            self.ways = Ways::default();
            self.next_slot = 0;
            self.code.begin_sub(name);
            // `next` makes no sense there, wherever it comes from; other signals are the caller's.
            let refused = self.code.label();
            let first = program.rules().find(|rule| same(&rule.pattern, which));
            first.iter().for_each(|rule| self.at(rule.span));
            let catches = self.resolution.facts.next_in_function;
            if catches {
                self.code.jump(Op::TryBegin, refused);
            }
            for rule in program.rules().filter(|rule| same(&rule.pattern, which)) {
                rule.action.iter().for_each(|block| self.block(block));
            }
            if catches {
                self.emit(Op::TryEnd);
            }
            self.emit(Op::Return);
            if catches {
                self.code.bind(refused);
                let rule = name.trim_start_matches("rule:");
                self.on_signal(awk_signal::NEXT, |this| {
                    this.fatal(&format!("`next' cannot be called from a `{rule}' rule"));
                });
                self.rethrow();
            }
        }
        // A file that cannot be opened is an error behind the rules for its beginning, as in gawk.
        let is_begin = |rule: &&Rule| matches!(rule.pattern, Pattern::BeginFile);
        let last_begin = program.rules().filter(is_begin).last().and_then(|rule| rule.action.as_ref());
        let opened_at =
            last_begin.map(|action| action.statements.last().map_or(action.span, |stmt| stmt.span));
        let guarded = self.guards_file_rules();
        for to in [Destination::Record, Destination::Variable] {
            self.code.begin_sub(reader_name(to));
            self.code.line = 0;
            if guarded {
                self.refuse_main_input();
            }
            let (again, done) = (self.code.here(), self.code.label());
            let catches = self.resolution.facts.nextfile_in_function;
            let signal = self.code.label();
            if catches {
                self.code.jump(Op::TryBegin, signal);
            }
            self.emit(if to == Destination::Record { Op::LoadFalse } else { Op::LoadTrue });
            opened_at.iter().for_each(|&span| self.at(span));
            self.call_builtin(awk_builtins::READ_EVENT, 1);
            self.code.line = 0;
            let events = [awk_builtins::FILE_BEGINS, awk_builtins::FILE_ENDS];
            for (event, (_, name)) in events.into_iter().zip(&kinds) {
                let other = self.code.label();
                self.emit(Op::Dup);
                self.emit(Op::LoadInt(event));
                self.emit(Op::NumEq);
                self.code.jump(Op::JumpIfFalse, other);
                self.emit(Op::Pop);
                if guarded {
                    self.enter_file_rule(name.trim_start_matches("rule:"));
                }
                let name = self.code.name(name);
                self.emit(Op::Call(name, 0));
                self.emit(Op::Pop);
                if guarded {
                    self.leave_file_rule();
                }
                if catches {
                    self.emit(Op::TryEnd);
                }
                self.code.jump(Op::Jump, again);
                self.code.bind(other);
            }
            self.code.bind(done);
            if catches {
                self.emit(Op::TryEnd);
            }
            self.emit(Op::ReturnValue);
            if catches {
                // The rule passes over its file.
                self.code.bind(signal);
                self.on_signal(awk_signal::NEXTFILE, |this| {
                    if guarded {
                        this.leave_file_rule();
                    }
                    this.skip_file();
                    this.code.jump(Op::Jump, again);
                });
                self.rethrow();
            }
        }
    }

    /// Whether a function could read the main input while a rule for files runs.
    fn guards_file_rules(&self) -> bool {
        let facts = self.resolution.facts;
        facts.has_file_rules && facts.getline_in_function
    }

    /// Notes that a rule for files runs, in which functions may not read the main input.
    fn enter_file_rule(&mut self, keyword: &str) {
        self.code.string(keyword.as_bytes());
        let running = self.code.name(RUNNING_FILE_RULE);
        self.emit(Op::SetVar(running));
    }

    fn leave_file_rule(&mut self) {
        self.emit(Op::LoadUndef);
        let running = self.code.name(RUNNING_FILE_RULE);
        self.emit(Op::SetVar(running));
    }

    /// Ends the run where a rule for files asks for the next record, through a function.
    fn refuse_main_input(&mut self) {
        let running = self.code.name(RUNNING_FILE_RULE);
        for keyword in ["BEGINFILE", "ENDFILE"] {
            let other = self.code.label();
            self.emit(Op::GetVar(running));
            self.code.string(keyword.as_bytes());
            self.emit(Op::StrEq);
            self.code.jump(Op::JumpIfFalse, other);
            self.fatal(&format!("non-redirected `getline' invalid inside `{keyword}' rule"));
            self.code.bind(other);
        }
    }

    fn rule(&mut self, rule: &Rule) {
        self.at(rule.span);
        if let Pattern::Expr(expr) = &rule.pattern
            && rule.action.is_some()
            && self.change_at(expr.span)
        {
            return;
        }
        let skip = self.code.label();
        self.count_run(rule.span);
        match &rule.pattern {
            Pattern::Begin | Pattern::End | Pattern::BeginFile | Pattern::EndFile | Pattern::Always => {}
            Pattern::Expr(expr) => self.branch(expr, false, skip),
            Pattern::Range(from, to) => {
                let is_open = self.ranges.pop().unwrap_or_default();
                let (inside, action) = (self.code.label(), self.code.label());
                self.emit(Op::GetSlot(is_open));
                self.code.jump(Op::JumpIfTrue, inside);
                self.branch(from, false, skip);
                self.emit(Op::LoadTrue);
                self.emit(Op::SetSlot(is_open));
                self.code.bind(inside);
                self.branch(to, false, action);
                self.emit(Op::LoadFalse);
                self.emit(Op::SetSlot(is_open));
                self.code.bind(action);
            }
        }
        if matches!(rule.pattern, Pattern::Expr(_) | Pattern::Range(..)) {
            self.count_run(rule.action.as_ref().map_or(rule.span.after(), |action| action.span));
        }
        match &rule.action {
            Some(block) => self.block(block),
            None => {
                let count = self.row(0);
                self.emit(Op::AwkPrint(count));
            }
        }
        self.code.bind(skip);
    }

    fn function(&mut self, function: &Function) {
        self.at(function.name.span);
        self.scope = self.resolution.function(function.name.name);
        self.ways = Ways::default();
        // A call can pass no more.
        let params = u16::from(self.count(function.params.len(), function.span));
        self.next_slot = params;
        let name = self.names.text(function.name.name);
        let names = function.params.iter().map(|param| self.names.text(param.name).into());
        self.origins.add_function(name, names.collect());
        self.code.begin_sub(&sub_name(name));
        for slot in (0..params).rev() {
            self.emit(Op::SetSlot(slot));
        }
        for (slot, param) in function.params.iter().enumerate() {
            if self.resolution.kind(self.scope, param.name) == Kind::Dynamic {
                self.make_untyped(Scalar::Slot(slot as u16));
            }
        }
        self.count_run(function.span);
        self.block(&function.body);
        self.emit(Op::Return);
        self.scope = None;
    }

    pub(super) fn block(&mut self, block: &Block) {
        for stmt in &block.statements {
            self.stmt(stmt);
        }
    }

    // Signals from functions.

    fn needs_handler(&self) -> bool {
        let Facts { next_in_function, nextfile_in_function, exit_in_function, .. } = self.resolution.facts;
        next_in_function || nextfile_in_function || exit_in_function
    }

    /// Where a signal from a function continues; any other error goes on.
    fn handler(&mut self, handler: Handler) {
        let facts = self.resolution.facts;
        self.code.bind(handler.start);
        if facts.exit_in_function {
            self.on_signal(awk_signal::EXIT, |this| this.code.jump(Op::Jump, handler.exit));
        }
        if facts.next_in_function {
            self.on_signal(awk_signal::NEXT, |this| this.next_from_function("next", handler.next));
        }
        if facts.nextfile_in_function {
            self.on_signal(awk_signal::NEXTFILE, |this| {
                if let NextWay::To(_) = handler.next {
                    this.skip_file();
                }
                this.next_from_function("nextfile", handler.next);
            });
        }
        self.rethrow();
    }

    /// `error ->`: what is no signal goes on, as if nobody had caught it.
    fn rethrow(&mut self) {
        self.call_builtin(awk_builtins::RETHROW, 1);
        self.emit(Op::Throw);
    }

    /// Code for one signal, with the error value off the stack.
    fn on_signal(&mut self, signal: u8, code: impl FnOnce(&mut Self)) {
        let other = self.code.label();
        self.emit(Op::Dup);
        // A signal arrives as a Status; as a string its number can be no message of a real error.
        self.code.string(signal.to_string().as_bytes());
        self.emit(Op::StrEq);
        self.code.jump(Op::JumpIfFalse, other);
        self.emit(Op::Pop);
        code(self);
        self.code.bind(other);
    }

    fn next_from_function(&mut self, keyword: &str, way: NextWay) {
        match way {
            NextWay::To(label) => self.code.jump(Op::Jump, label),
            NextWay::Refused(place) => {
                let message = format!("`{keyword}' cannot be called from a `{place}' rule");
                self.code.string(message.as_bytes());
                self.emit(Op::Throw);
            }
        }
    }

    /// Gives up the rest of the current file.
    pub(super) fn skip_file(&mut self) {
        self.emit(Op::CallBuiltin(awk_builtins::NEXTFILE, 0));
        self.emit(Op::Pop);
    }
}

fn same(pattern: &Pattern, other: &Pattern) -> bool {
    std::mem::discriminant(pattern) == std::mem::discriminant(other)
}

/// The global that holds which rule for files runs. No name of a program has a blank.
const RUNNING_FILE_RULE: &str = "file rule";

/// What the names of the subs begin with that read records in a program with rules for files.
pub(crate) const READER_PREFIX: &str = "read:";

/// The sub that reads records in a program with rules for files.
fn reader_name(to: Destination) -> &'static str {
    match to {
        Destination::Record => "read:record",
        Destination::Variable => "read:variable",
    }
}

/// The handler of a try region around main code.
struct Handler {
    start: Label,
    exit: Label,
    next: NextWay,
}

#[derive(Clone, Copy)]
enum NextWay {
    To(Label),
    /// There is no record to leave in that section.
    Refused(&'static str),
}
