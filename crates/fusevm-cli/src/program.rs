//! Programs: loading one from a file, and finding the place in its text that a problem is about.

use crate::exit;
use crate::failure::{Excerpt, Failure, Problem, without_error_numbers};
use fusevm::Chunk;
use fusevm::chunk::text::{AsmError, Assembly, OpPlaces};
use fusevm::chunk::{VerifiedChunk, VerifyError};
use fusevm::error::VMError;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// Largest file that is read. What is larger is no program, but an endless device or the wrong file.
const MAX_FILE: u64 = 256 << 20;

/// So much is read before the rest is.
const BEGINNING: u64 = 64 << 10;

/// Most problems of one file that are told.
const MAX_PROBLEMS: usize = 100;

/// A program that was loaded. It is not verified.
pub struct Program {
    /// The file's name in messages.
    pub name: String,
    /// What the file holds.
    pub chunk: Arc<Chunk>,
    /// The text that it was assembled from.
    text: Option<Text>,
}

struct Text {
    text: String,
    places: OpPlaces,
}

impl Program {
    /// Loads a program in the text or the binary form; `-` is standard input.
    pub fn load(path: &Path) -> Result<Program, Failure> {
        let is_stdin = path.as_os_str() == "-";
        let name = if is_stdin { "<stdin>".to_string() } else { path.display().to_string() };
        let bytes = if is_stdin { read(io::stdin().lock()) } else { File::open(path).and_then(read) };
        let bytes = bytes.map_err(|error| Failure::io(&name, &error))?;
        if Chunk::is_binary(&bytes) {
            let chunk = Chunk::from_bytes(&bytes).map_err(|error| Failure::at(&name, error.to_string()))?;
            return Ok(Program { name, chunk: Arc::new(chunk), text: None });
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            let message = format!("is neither a binary program nor text: byte {offset} is no UTF-8");
            Failure::at(&name, message)
        })?;
        match Assembly::new(&name, &text, MAX_PROBLEMS) {
            Ok(Assembly { chunk, places }) => {
                Ok(Program { name, chunk: Arc::new(chunk), text: Some(Text { text, places }) })
            }
            Err(errors) => Err(invalid(errors.iter().map(|error| asm_problem(error, &text)).collect())),
        }
    }

    /// Where the text names neither source nor lines, its ops are said to come from the lines of the text.
    pub fn with_lines(mut self) -> Program {
        if let Some(text) = &self.text {
            set_lines(Arc::make_mut(&mut self.chunk), &text.places, &self.name);
        }
        self
    }

    /// Verifies the program.
    ///
    /// # Errors
    /// All problems, as far as they can be told apart.
    pub fn verify(&self) -> Result<VerifiedChunk, Failure> {
        VerifiedChunk::new(self.chunk.clone()).map_err(|_| {
            let errors = self.chunk.problems(MAX_PROBLEMS);
            invalid(errors.iter().map(|error| self.verify_problem(error)).collect())
        })
    }

    /// The text that the lines of its ops are those of, if there is one.
    pub fn text(&self) -> Option<&str> {
        self.text.as_ref().filter(|_| self.chunk.source == self.name).map(|text| text.text.as_str())
    }

    fn verify_problem(&self, error: &VerifyError) -> Problem {
        let place = self.text.as_ref().and_then(|Text { text, places }| {
            let places =
                error.sub_chunk().iter().try_fold(places, |outer, sub| outer.sub_chunks.get(*sub))?;
            let (line, column) = places.place(error.op()?)?;
            Some((text, line, column))
        });
        match place {
            Some((text, line, column)) => {
                Problem::new(&format!("{}:{line}:{column}", self.name), error.message())
                    .with_excerpt(Excerpt::of_code(text, line, column))
            }
            None => Problem::new(&self.name, error.to_string()),
        }
    }

    /// What an error of a run is to the user.
    pub fn run_problem(&self, error: &VMError) -> Problem {
        let message = without_error_numbers(&error.to_string());
        if error.source_name().is_empty() {
            return Problem::new(&self.name, message);
        }
        let text = self.text.as_ref().filter(|_| error.source_name() == self.name);
        let excerpt = text.and_then(|Text { text, places }| {
            let line = error.line();
            Excerpt::of_code(text, line as usize, places.column_in(line)?)
        });
        Problem::new("", message).with_excerpt(excerpt)
    }
}

/// Reads a file; of one whose beginning is neither binary nor text, the beginning.
fn read(mut file: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.by_ref().take(BEGINNING).read_to_end(&mut bytes)?;
    // The last character may be cut.
    let is_text = std::str::from_utf8(&bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    if is_text || Chunk::is_binary(&bytes) {
        file.take(MAX_FILE).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MAX_FILE {
        return Err(io::Error::other("more than 256 MiB is no program"));
    }
    Ok(bytes)
}

/// The failure of a file that is no valid program.
fn invalid(mut problems: Vec<Problem>) -> Failure {
    if problems.len() >= MAX_PROBLEMS {
        problems.push(Problem::new("", format!("only the first {MAX_PROBLEMS} problems are told")));
    }
    Failure { status: exit::USAGE, problems }
}

fn asm_problem(error: &AsmError, text: &str) -> Problem {
    let place = format!("{}:{}:{}", error.source, error.line, error.column);
    Problem::new(&place, error.message.as_str()).with_excerpt(Excerpt::of_word(
        text,
        error.line,
        error.column,
    ))
}

fn set_lines(chunk: &mut Chunk, places: &OpPlaces, name: &str) {
    let lines = places.lines();
    if chunk.source.is_empty()
        && chunk.lines.len() == lines.len()
        && chunk.lines.iter().all(|line| *line == 0)
    {
        chunk.source = name.to_string();
        chunk.lines = lines;
    }
    for (chunk, places) in chunk.sub_chunks.iter_mut().zip(&places.sub_chunks) {
        set_lines(chunk, places, name);
    }
}
