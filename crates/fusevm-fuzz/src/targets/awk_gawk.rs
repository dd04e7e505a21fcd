//! Our awk and gawk, which must do the same with whole programs.

use super::{Target, bound_memory};
use crate::Session;
use crate::worker::write;
use fusevm_fuzz::awk::{Case, Gawk, case, runs};
use std::path::PathBuf;
use std::process::ExitStatus;

/// Address space of each awk: some programs make a record of very many fields.
const MEMORY: u64 = 4 << 30;

/// Programs that both awks run. Ours is this very program, called in another way.
pub struct AwkGawk(Gawk);

impl AwkGawk {
    /// # Errors
    /// There is no gawk.
    pub fn new() -> Result<AwkGawk, String> {
        let this = std::env::current_exe().map_err(|error| error.to_string())?;
        let ours = vec![this.to_string_lossy().into_owned(), "awk".to_owned()];
        Gawk::new(ours).map(AwkGawk)
    }
}

impl Target for AwkGawk {
    fn arguments(&self) -> Vec<String> {
        vec!["awk-gawk".into()]
    }

    fn runs() -> u64 {
        runs()
    }

    fn run(&self, session: &Session, seed: u64) -> Result<Option<PathBuf>, String> {
        bound_memory(MEMORY)?;
        let case = case(seed);
        let Some(found) = self.0.difference(&case)? else { return Ok(None) };
        let path = session.out.join(format!("{seed}.awk"));
        let note = |case: &Case, what: &str| {
            write(&path, case.to_text())?;
            write(&path.with_extension("txt"), what)
        };
        note(&case, "not made small yet")?;
        let (small, last) = self.0.shrink(&case, &found);
        note(&small, &last.to_string())?;
        Ok(Some(path))
    }

    fn replay(&self, _: &Session, name: &str, text: &[u8]) -> Result<Option<String>, String> {
        let case = Case::parse(&String::from_utf8_lossy(text)).map_err(|error| format!("{name}: {error}"))?;
        Ok(self.0.difference(&case)?.map(|difference| difference.to_string()))
    }

    fn note_crash(&self, session: &Session, seed: u64, status: ExitStatus) -> Result<PathBuf, String> {
        let path = session.out.join(format!("{seed}-crash.awk"));
        write(&path, case(seed).to_text())?;
        write(&path.with_extension("txt"), format!("the comparison itself has ended: {status}"))?;
        Ok(path)
    }
}
