//! How names, strings and constants are written.

use crate::chunk::Const;
use crate::op::float_text::write_float;
use std::fmt::Write;

/// Whether a name needs no quotes.
pub fn is_bare(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Writes a quoted string: text as it is, and everything that is no plain text as escapes.
pub fn write_quoted(out: &mut String, bytes: &[u8]) {
    out.push('"');
    for part in bytes.utf8_chunks() {
        for c in part.valid().chars() {
            match c {
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                '"' | '\\' => out.extend(['\\', c]),
                // An apostrophe has an escaped form of its own in Rust, but is plain text here.
                _ if c == '\'' || c.escape_debug().len() == 1 => out.push(c),
                _ => write_bytes(out, c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        write_bytes(out, part.invalid());
    }
    out.push('"');
}

fn write_bytes(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        push(out, format_args!("\\x{byte:02x}"));
    }
}

pub fn write_name(out: &mut String, name: &str) {
    if is_bare(name) {
        out.push_str(name);
    } else {
        write_quoted(out, name.as_bytes());
    }
}

/// Writes a constant with at most `levels` of arrays and hashes.
pub fn write_constant(out: &mut String, constant: &Const, levels: usize) {
    match constant {
        Const::Undef => out.push_str("undef"),
        Const::Bool(value) => push(out, format_args!("{value}")),
        Const::Int(value) => push(out, format_args!("{value}")),
        Const::Float(value) => write_float(out, *value),
        Const::Str(bytes) => write_quoted(out, bytes),
        Const::Status(code) => push(out, format_args!("status({code})")),
        Const::NativeFn(id) => push(out, format_args!("native({id})")),
        Const::Array(_) | Const::Hash(_) if levels == 0 => write_constant(out, &Const::too_deep(), 0),
        Const::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_constant(out, item, levels - 1);
            }
            out.push(']');
        }
        Const::Hash(entries) => {
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                write_quoted(out, &key.0);
                out.push_str(": ");
                write_constant(out, value, levels - 1);
            }
            out.push('}');
        }
        Const::Unsupported(reason) => {
            out.push_str("unsupported(");
            write_quoted(out, reason.as_bytes());
            out.push(')');
        }
    }
}

/// Appends formatted text.
pub fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let result = out.write_fmt(text);
    debug_assert!(result.is_ok(), "a String takes everything");
}
