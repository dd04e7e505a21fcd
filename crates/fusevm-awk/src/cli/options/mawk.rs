//! `-W`: what follows is a long option of gawk, or one of mawk's own options.

use super::table::{Name, by_long_name};
use super::values::count;
use super::{Mistake, Parser, ProgramPart, Text};
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// What mawk's options ask for.
#[derive(Clone, Copy)]
enum Mawk {
    Dump,
    Exec,
    Help,
    Interactive,
    PosixSpace,
    Random,
    Sprintf,
    Version,
}

/// mawk's names, which may be shortened. Names that gawk has too mean the same there.
const NAMES: &[(&str, Mawk)] = &[
    ("dump", Mawk::Dump),
    ("exec", Mawk::Exec),
    ("help", Mawk::Help),
    ("interactive", Mawk::Interactive),
    ("posix_space", Mawk::PosixSpace),
    ("random", Mawk::Random),
    ("sprintf", Mawk::Sprintf),
    ("usage", Mawk::Help),
    ("version", Mawk::Version),
];

impl<I: Iterator<Item = Vec<u8>>> Parser<I> {
    /// `-W text`: an exact name of gawk's, else a beginning of one of mawk's, else a beginning of one of gawk's.
    pub(super) fn implementation(&mut self, text: &[u8]) -> Result<(), Mistake> {
        let (name, value) = match memchr::memchr(b'=', text) {
            Some(equals) => (&text[..equals], Some(&text[equals + 1..])),
            None => (text, None),
        };
        let is_gawks = by_long_name(name).is_ok_and(|row| row.long.as_bytes() == name);
        let mawks = NAMES.iter().find(|(known, _)| !name.is_empty() && known.as_bytes().starts_with(name));
        match mawks {
            Some((_, option)) if !is_gawks => self.mawk(*option, value),
            _ => self.long(text),
        }
    }

    fn mawk(&mut self, option: Mawk, value: Option<&[u8]>) -> Result<(), Mistake> {
        match option {
            Mawk::Dump => self.options.reports.ops_only = true,
            Mawk::Exec => {
                let file = value.map(<[u8]>::to_vec).or_else(|| self.arguments.next());
                let file = file.ok_or_else(|| "option `-W exec' needs a value".to_owned())?;
                self.options.program.push(ProgramPart::File(OsString::from_vec(file)));
                self.is_last = true;
            }
            Mawk::Help => self.show = self.show.or(Some(Text::Help)),
            Mawk::Version => return self.apply(Name::Version, None),
            Mawk::Interactive => self.options.interactive = true,
            Mawk::Random => self.options.seed = Some(count(value.unwrap_or(b"0"), &[])? as f64),
            // Texts have any length here, and a newline parts fields as in every other awk.
            Mawk::Sprintf | Mawk::PosixSpace => {}
        }
        Ok(())
    }
}
