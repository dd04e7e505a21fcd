//! Findings as files: a program in the text form under comments that say what differs and how to see it again.

use crate::compare::{Comparison, Disagreement};
use crate::observe::{HEAP, Setting};
use fusevm::Chunk;
use fusevm::chunk::text::assemble;
use std::fmt::Write;

/// A program that engines disagree about, or that was the last one of a process.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Chooses the limits under which engines are compared.
    pub seed: u64,
    /// The limits that showed it; `None` when that is not known.
    pub setting: Option<Setting>,
    /// The program.
    pub chunk: Chunk,
}

impl Finding {
    /// The finding as a file. The directives are those of file tests, so that it can become one.
    pub fn to_text(&self, what: &str) -> String {
        let mut text = String::new();
        for line in what.lines() {
            // Without the semicolon's space a line of the report cannot be taken for a directive.
            let _ = writeln!(text, ";  {line}");
        }
        let _ = writeln!(text, "; seed: {}", self.seed);
        if let Some(setting) = self.setting {
            if let Some(fuel) = setting.fuel {
                let _ = writeln!(text, "; fuel: {fuel}");
            }
            let _ = writeln!(text, "; max-depth: {}", setting.depth);
        }
        text + "\n" + &self.chunk.disassemble()
    }

    /// Reads what [`Finding::to_text`] wrote; any other program in the text form will do as well.
    ///
    /// # Errors
    /// When the program does not assemble, or a directive has no number.
    pub fn parse(name: &str, text: &str) -> Result<Finding, String> {
        let chunk = assemble(name, text).map_err(|error| error.to_string())?;
        let number = |directive: &str| {
            let start = format!("; {directive}:");
            let argument = text.lines().find_map(|line| line.strip_prefix(start.as_str()));
            let number = argument.map(|argument| argument.trim().parse::<u64>());
            number.transpose().map_err(|error| format!("{name}: {start} {error}"))
        };
        let (fuel, depth) = (number("fuel")?, number("max-depth")?);
        let setting = depth.map(|depth| Setting { fuel, depth: depth as usize, heap: Some(HEAP) });
        Ok(Finding { seed: number("seed")?.unwrap_or(1), setting, chunk })
    }

    /// What the engines disagree about in it, if they do.
    pub fn replay(&self, comparison: &Comparison) -> Option<Disagreement> {
        match self.setting {
            Some(setting) => comparison.disagreement_under(&self.chunk, setting),
            None => comparison.disagreement(&self.chunk),
        }
    }
}
