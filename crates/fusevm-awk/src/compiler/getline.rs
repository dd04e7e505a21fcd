//! `getline` in its forms.

use super::places::Target;
use super::{Compiler, Scalar};
use crate::ast::{Input, Place};
use fusevm::awk_host::Destination;
use fusevm::op::getline_source;
use fusevm::{Op, awk_builtins};

impl Compiler<'_> {
    /// Pushes the status, 1, 0 or -1.
    pub(super) fn getline(&mut self, input: &Input, place: Option<&Place>) {
        if let (Input::Main, true) = (input, self.resolution.facts.has_file_rules) {
            return self.getline_over_files(place);
        }
        let (into_record, into_variable) = match input {
            Input::Main => (getline_source::MAIN, getline_source::MAIN_VAR),
            Input::File(name) => {
                self.text(name);
                (getline_source::FILE, getline_source::FILE_VAR)
            }
            Input::Command(command) => {
                self.text(command);
                (getline_source::COMMAND, getline_source::COMMAND_VAR)
            }
            Input::Coprocess(command) => {
                self.text(command);
                (getline_source::COPROCESS, getline_source::COPROCESS_VAR)
            }
        };
        let Some(place) = place else {
            self.emit(Op::AwkGetline(into_record));
            return;
        };
        // Subscripts are evaluated before the reading, and whether or not there is a line.
        let target = self.target(place);
        let keeps_value = match target {
            Target::Scalar(Scalar::Slot(_)) => true,
            // An operand of the main input may assign it before the reading comes to the end.
            Target::Scalar(Scalar::Global(_)) => !matches!(input, Input::Main),
            _ => false,
        };
        if keeps_value && !self.is_dynamic(place) {
            // Without a line the new value is the old one.
            self.get_target(target);
            self.emit(Op::AwkGetlineOr(into_variable));
            self.set(target);
            return;
        }
        if target.has_key() && !matches!(input, Input::Main) {
            self.emit(Op::Swap);
        }
        self.emit(Op::AwkGetline(into_variable));
        self.store_line(target);
    }

    /// The main input, with the rules for the beginning and the end of files on the way.
    fn getline_over_files(&mut self, place: Option<&Place>) {
        let Some(place) = place else {
            self.read_record(Destination::Record);
            return;
        };
        let target = self.target(place);
        self.read_record(Destination::Variable);
        self.call_builtin(awk_builtins::LAST_LINE, 0);
        self.emit(Op::Swap);
        self.store_line(target);
    }

    /// `[key] line status -> status`, with the line stored when there is one.
    fn store_line(&mut self, target: Target) {
        let (none, end) = (self.code.label(), self.code.label());
        self.emit(Op::Dup);
        self.emit(Op::LoadInt(0));
        self.emit(Op::NumGt);
        self.code.jump(Op::JumpIfFalse, none);
        self.below_status(target);
        self.set(target);
        self.code.jump(Op::Jump, end);
        self.code.bind(none);
        self.below_status(target);
        self.emit(Op::Pop);
        if target.has_key() {
            self.emit(Op::Pop);
        }
        self.code.bind(end);
    }

    /// `[key] line status -> status line [key]`
    fn below_status(&mut self, target: Target) {
        if target.has_key() {
            self.emit(Op::Rot);
            self.emit(Op::Rot);
        }
        self.emit(Op::Swap);
    }
}
