//! `--explain`: what a program is compiled to, and what became of its parts when it ran, in terms of its text.

use crate::source::Source;
use fusevm::VM;
use fusevm::chunk::Chunk;
use fusevm::code::listing_by_lines;
use fusevm::error::Frame;
use fusevm::jit::Event;
use fusevm::jit::log::Profile;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::{self, Write as _};
use std::sync::{Arc, Mutex};

/// What is known of a loop or function.
#[derive(Default)]
struct Part {
    /// How often it had run when it was looked at.
    hot_after: u32,
    /// Native code that was made of it: tier, bytes, and how it came to be.
    native: Vec<String>,
    /// Why a tier gave it up.
    refused: Vec<String>,
}

/// The parts that ran often, by line, name and op.
#[derive(Default)]
struct Parts {
    parts: BTreeMap<(u32, String, usize), Part>,
    source: String,
    profile: Option<Profile>,
    /// The code of the program.
    code: String,
}

impl Parts {
    fn part(&mut self, place: &Frame) -> &mut Part {
        self.source.clone_from(&place.source);
        self.parts.entry((place.line, place.name.clone(), place.op_index)).or_default()
    }

    fn add(&mut self, event: &Event) {
        match event {
            Event::Hot { place, count, .. } => self.part(place).hot_after = *count,
            Event::Compile(compiled) => {
                let how = if compiled.cached {
                    "from the disk cache".to_owned()
                } else {
                    format!("made in {:.1} ms", compiled.time.as_secs_f64() * 1000.0)
                };
                let text = format!("{} tier, {} bytes, {how}", compiled.tier, compiled.bytes);
                self.part(&compiled.place).native.push(text);
            }
            Event::Abort { tier, place, at, reason, last } => {
                let ever = if *last { "" } else { ", for now" };
                let text = format!("{tier} tier gives up{ever}, at line {}: {reason}", at.line);
                let refused = &mut self.part(place).refused;
                if !refused.contains(&text) {
                    refused.push(text);
                }
            }
            Event::Ran(profile) => self.profile = Some(profile.clone()),
            _ => {}
        }
    }

    /// The report.
    fn text(&self) -> String {
        let mut out =
            format!("the program's code, and on the right the ops that it comes from:\n\n{}\n", self.code);
        if self.parts.is_empty() {
            out += "nothing ran often enough to become native code; all of it was interpreted\n";
        }
        for ((line, name, _), part) in &self.parts {
            let what = if name.is_empty() { "loop".to_owned() } else { format!("in function {name}") };
            let _ = writeln!(out, "{}:{line}: {what}, hot after {} rounds", self.source, part.hot_after);
            for native in &part.native {
                let _ = writeln!(out, "    native code: {native}");
            }
            for refused in &part.refused {
                let _ = writeln!(out, "    {refused}");
            }
            if part.native.is_empty() && part.refused.is_empty() {
                out += "    interpreted: the run ended before there was native code\n";
            }
        }
        if let Some(profile) = &self.profile {
            let shares = profile.shares();
            let all = shares.iter().sum::<u64>();
            if all > 0 {
                let percent = shares.map(|share| share * 100 / all);
                let [interpreted, native, compiling] = percent;
                let total = profile.total.as_secs_f64();
                let _ = writeln!(
                    out,
                    "{total:.2} s: {interpreted} % interpreted, {native} % native, {compiling} % compiling"
                );
            }
        }
        out
    }
}

/// What an explanation is made of, while the program runs.
#[derive(Clone, Default)]
pub(crate) struct Explanation(Arc<Mutex<Parts>>);

impl Explanation {
    /// Collects what happens to a program, which was compiled to a chunk.
    pub fn of(vm: &mut VM, chunk: Chunk, source: &Source) -> Explanation {
        let explanation = Explanation::default();
        if let (Ok(chunk), Ok(mut parts)) = (chunk.verify(), explanation.0.lock()) {
            parts.code = listing_by_lines(chunk, &|line| {
                let (file, number) = source.locate_line(line)?;
                let text = String::from_utf8_lossy(source.line(line)?).into_owned();
                Some(format!("{file}:{number}: {}", text.trim()))
            });
        }
        let (parts, source) = (explanation.0.clone(), source.clone());
        vm.set_jit_log(Some(Box::new(move |event| {
            if let Ok(mut parts) = parts.lock() {
                parts.add(&source.relocate(event));
            }
        })));
        explanation
    }

    /// Writes it to the standard error.
    pub fn tell(&self) {
        if let Ok(parts) = self.0.lock() {
            // There is nowhere to report that this cannot be written.
            let _ = io::stderr().write_all(parts.text().as_bytes());
        }
    }
}
