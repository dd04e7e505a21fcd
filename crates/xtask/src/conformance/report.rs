//! The results as text for a terminal, and as the page docs/conformance.md.

use super::suite::{GROUPS, Outcome};
use super::{Tested, known};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The results, counted.
pub(super) struct Summary<'a> {
    tested: &'a [Tested],
}

/// The results of a group, or of all.
#[derive(Default)]
struct Count {
    in_scope: usize,
    passed: usize,
}

impl Count {
    fn add(&mut self, outcome: Outcome) {
        self.in_scope += usize::from(!matches!(outcome, Outcome::OutOfScope(_)));
        self.passed += usize::from(outcome == Outcome::Passed);
    }

    fn share(&self) -> f64 {
        if self.in_scope == 0 { 1.0 } else { self.passed as f64 / self.in_scope as f64 }
    }
}

impl<'a> Summary<'a> {
    pub fn of(tested: &'a [Tested]) -> Self {
        Summary { tested }
    }

    fn count(&self, is_wanted: impl Fn(&Tested) -> bool) -> Count {
        let mut count = Count::default();
        self.tested.iter().filter(|tested| is_wanted(tested)).for_each(|tested| count.add(tested.outcome));
        count
    }

    /// The share of the cases in scope that passed.
    pub fn share(&self) -> f64 {
        self.count(|_| true).share()
    }

    fn failures(&self) -> impl Iterator<Item = (&'a Tested, &'static str)> {
        self.tested.iter().filter_map(|tested| {
            let reason = match tested.outcome {
                Outcome::Passed | Outcome::OutOfScope(_) => return None,
                Outcome::Failed => "differs",
                Outcome::TimedOut => "takes too long",
            };
            Some((tested, known::failure(&tested.case).unwrap_or(reason)))
        })
    }

    /// For a terminal: a line for each failure, then one for each group.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (tested, reason) in self.failures() {
            let _ = writeln!(out, "FAIL {}: {reason}", tested.case);
        }
        for (title, count) in self.groups() {
            let _ = writeln!(out, "{title:18} {:4} of {:4}", count.passed, count.in_scope);
        }
        let _ = writeln!(out, "{:.1} % pass", self.share() * 100.0);
        out
    }

    /// The groups with cases in scope, and all together.
    fn groups(&self) -> impl Iterator<Item = (&'static str, Count)> {
        let groups = GROUPS.iter().map(|group| (group.title, self.count(|tested| tested.group == group)));
        groups.chain([("all", self.count(|_| true))]).filter(|(_, count)| count.in_scope > 0)
    }

    /// For people who ask what works: docs/conformance.md.
    pub fn page(&self) -> String {
        let mut out = String::from(
            "# Conformance of `fusevm awk` with gawk\n\n\
             This page is made by `cargo xtask conformance gawk --report docs/conformance.md`, which fetches the source\n\
             package of gawk and runs each case of its test suite with our awk, by the rules of the suite's own makefile.\n\n\
             | group | cases | pass | |\n|---|---:|---:|---:|\n",
        );
        for (title, count) in self.groups() {
            let share = count.share() * 100.0;
            let _ = writeln!(out, "| {title} | {} | {} | {share:.1} % |", count.in_scope, count.passed);
        }
        out.push_str("\n## Cases that fail\n\n| case | reason |\n|---|---|\n");
        for (tested, reason) in self.failures() {
            let _ = writeln!(out, "| {} | {reason} |", tested.case);
        }
        out.push_str("\n## Cases that are not run\n\n| reason | cases |\n|---|---|\n");
        let mut skipped = BTreeMap::<&str, Vec<&str>>::new();
        for tested in self.tested {
            if let Outcome::OutOfScope(reason) = tested.outcome {
                skipped.entry(reason).or_default().push(&tested.case);
            }
        }
        for (reason, cases) in skipped {
            let _ = writeln!(out, "| {reason} | {} |", cases.join(", "));
        }
        out
    }
}
