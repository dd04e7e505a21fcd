//! What can be told of a program beside running it.

#[cfg(feature = "jit")]
pub(crate) mod explain;
pub(crate) mod messages;
pub(crate) mod pretty;
pub(crate) mod profile;
pub(crate) mod variables;

use crate::host::reason;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;

/// Writes a report to the file that was named, or to its usual one; `-` and `/dev/stdout` are the standard output.
///
/// # Errors
/// It cannot be written.
pub(crate) fn write(file: Option<&OsString>, usual: &str, text: &[u8]) -> Result<(), String> {
    let file = file.map_or(OsStr::new(usual), OsString::as_os_str);
    let written = match file.as_bytes() {
        b"-" | b"/dev/stdout" => io::stdout().write_all(text),
        b"/dev/stderr" => io::stderr().write_all(text),
        _ => File::create(file).and_then(|mut file| file.write_all(text)),
    };
    written.map_err(|error| format!("cannot write `{}': {}", file.to_string_lossy(), reason(&error)))
}

/// Appends a text as a string constant that means it.
pub(crate) fn quote(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0x07 => out.extend_from_slice(b"\\a"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0b => out.extend_from_slice(b"\\v"),
            0x0c => out.extend_from_slice(b"\\f"),
            0..0x20 | 0x7f => out.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}
