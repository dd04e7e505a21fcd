//! The texts about the command: help from the table of options, version and licence.

use super::options::{Group, OPTIONS, OptionRow, Takes, Text};
use std::fmt::Write;

/// How the command is called.
pub(super) const USAGE: &str = "\
usage: awk [options] 'program' [file | var=value]...
       awk [options] -f progfile... [file | var=value]...
";

const INTRODUCTION: &str = "
Runs an awk program over files, or over the standard input when there are none.
`-` as a file is the standard input too.
";

const END: &str = "
exit status:
  what `exit` says, else 0; 1 after a mistake in the options or the program;
  2 after an error in the run, or when a file could not be read

examples:
  awk '{ sum += $5 } END { print sum }' access.log
  awk -F: '$3 >= 1000 { print $1, $6 }' /etc/passwd
  awk '{ count[$1]++ } END { for (k in count) print count[k], k }' access.log
";

const COPYRIGHT: &str = "\
fusevm is free software under the MIT licence or the Apache License 2.0, whichever
you choose. It comes without warranty of any kind.
";

/// The column in which explanations begin.
const COLUMN: usize = 33;

/// The width that lines are kept to.
const WIDTH: usize = 100;

/// A text about the command.
pub(super) fn text(which: Text) -> String {
    match which {
        Text::Help => help(),
        Text::Version => concat!("awk of fusevm ", env!("CARGO_PKG_VERSION"), "\n").to_owned(),
        Text::Copyright => COPYRIGHT.to_owned(),
    }
}

fn help() -> String {
    let mut out = [USAGE, INTRODUCTION].concat();
    for group in Group::ALL {
        let _ = writeln!(out, "\n{}:", group.title().to_lowercase());
        for row in OPTIONS.iter().filter(|row| row.group == *group) {
            explain(&mut out, row);
        }
    }
    out + END
}

/// One option: its forms, then what it does, folded.
fn explain(out: &mut String, row: &OptionRow) {
    let mut line = match row.short {
        Some(letter) => format!("  -{letter}, --{}", row.long),
        None => format!("      --{}", row.long),
    };
    match row.takes {
        Takes::Nothing => {}
        Takes::Value(value) => line += &format!(" {}", value.to_lowercase()),
        Takes::Maybe(value) => line += &format!("[={}]", value.to_lowercase()),
    }
    if line.len() + 1 >= COLUMN {
        *out += &line;
        out.push('\n');
        line.clear();
    }
    line = format!("{line:COLUMN$}");
    for word in row.help.split(' ') {
        if line.len() + word.len() > WIDTH {
            *out += line.trim_end();
            out.push('\n');
            line = " ".repeat(COLUMN);
        }
        line += word;
        line.push(' ');
    }
    *out += line.trim_end();
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_option_within_its_width() {
        let text = help();
        for row in OPTIONS {
            assert!(text.contains(&format!("--{}", row.long)), "{}", row.long);
        }
        for line in text.lines() {
            assert!(line.len() <= WIDTH && line == line.trim_end(), "{line:?}");
        }
    }
}
