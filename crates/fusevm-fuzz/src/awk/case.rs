//! An awk program with all that its run depends on, as a file in the form of the oracle suite's cases, so that a finding
//! can become one.

use std::fmt::Write;

/// A program and what it is run with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Options before the program; no word has blanks.
    pub options: Vec<String>,
    /// What the environment has beside the path and the time zone.
    pub env: Vec<(String, String)>,
    /// Files in the directory of the run.
    pub files: Vec<(String, Vec<u8>)>,
    /// What follows the program; no word has blanks.
    pub operands: Vec<String>,
    /// The program's text.
    pub program: String,
}

impl Case {
    /// The case as a file.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |directive: &str, rest: &str| {
            let _ = writeln!(text, "#: {directive} {rest}");
        };
        if !self.options.is_empty() {
            line("options", &self.options.join(" "));
        }
        for (name, value) in &self.env {
            line("env", &format!("{name}={value}"));
        }
        for (name, content) in &self.files {
            line("file", &format!("{name} {}", escaped(content)));
        }
        if !self.operands.is_empty() {
            line("operands", &self.operands.join(" "));
        }
        text + &self.program
    }

    /// Reads what [`Case::to_text`] wrote, or a program without any of it.
    ///
    /// # Errors
    /// A line at the top that means nothing.
    pub fn parse(text: &str) -> Result<Case, String> {
        let mut case = Case::default();
        let mut rest = text;
        while let Some(line) = rest.lines().next() {
            let Some(directive) = line.strip_prefix("#: ") else { break };
            let (name, value) = directive.split_once(' ').unwrap_or((directive, ""));
            let words = || value.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
            match name {
                "options" => case.options = words(),
                "operands" => case.operands = words(),
                "env" => case.env.extend(value.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned()))),
                "file" => {
                    let (name, content) = value.split_once(' ').unwrap_or((value, ""));
                    case.files.push((name.to_owned(), unescaped(content)));
                }
                _ => return Err(format!("unknown line {line:?}")),
            }
            rest = rest.get(line.len() + 1..).unwrap_or("");
        }
        rest.clone_into(&mut case.program);
        Ok(case)
    }
}

/// Bytes as text of one line.
fn escaped(content: &[u8]) -> String {
    let mut text = String::new();
    for &byte in content {
        match byte {
            b'\n' => text += "\\n",
            b'\t' => text += "\\t",
            b'\\' => text += "\\\\",
            // A blank at an end of the line would be lost.
            b'!'..=b'~' => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "\\x{byte:02x}");
            }
        }
    }
    text
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut content = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        content.push(match (byte, if byte == b'\\' { bytes.next() } else { None }) {
            (_, Some(b'n')) => b'\n',
            (_, Some(b't')) => b'\t',
            (_, Some(b'x')) => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                let high = digit(bytes.next()).unwrap_or(0);
                (high * 16 + digit(bytes.next()).unwrap_or(0)) as u8
            }
            (_, Some(other)) => other,
            (byte, None) => byte,
        });
    }
    content
}
