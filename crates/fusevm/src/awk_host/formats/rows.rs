//! Values as a row of CSV, TSV or JSON.

use super::{Notation, TextFormat, json};

/// A value to print: its text, and whether it is a number.
pub(in crate::awk_host) struct Cell<'a> {
    /// What `print` prints.
    pub text: &'a [u8],
    /// Whether JSON writes it without quotes, if it can.
    pub is_number: bool,
    /// How it was written in the record, if that was JSON and it is as it was.
    pub notation: Notation,
    /// What JSON calls it, in an object.
    pub name: Option<&'a [u8]>,
}

/// Appends a row, without what ends it. In JSON it is an object when the values have names, else an array.
pub(in crate::awk_host) fn append_row<'a>(
    format: TextFormat,
    cells: impl Iterator<Item = Cell<'a>>,
    out: &mut Vec<u8>,
) {
    let start = out.len();
    let mut is_object = false;
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(if format == TextFormat::Tsv { b'\t' } else { b',' });
        }
        match format {
            TextFormat::Csv => append_csv(cell.text, out),
            TextFormat::Tsv => append_tsv(cell.text, out),
            TextFormat::JsonLines => {
                if let Some(name) = cell.name {
                    is_object = true;
                    append_json(name, out);
                    out.push(b':');
                }
                match cell.notation {
                    Notation::Null => out.extend_from_slice(b"null"),
                    Notation::Verbatim => out.extend_from_slice(cell.text),
                    Notation::Value if cell.is_number && json::is_number(cell.text) => {
                        out.extend_from_slice(cell.text);
                    }
                    Notation::Value | Notation::Quoted => append_json(cell.text, out),
                }
            }
        }
    }
    match format {
        TextFormat::JsonLines => {
            let (open, close) = if is_object { (b'{', b'}') } else { (b'[', b']') };
            out.insert(start, open);
            out.push(close);
        }
        // Without quotes one empty field would be a row of none.
        TextFormat::Csv if out.len() == start => out.extend_from_slice(b"\"\""),
        TextFormat::Csv | TextFormat::Tsv => {}
    }
}

fn append_csv(text: &[u8], out: &mut Vec<u8>) {
    if !text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(text);
        return;
    }
    out.push(b'"');
    for part in text.split_inclusive(|&byte| byte == b'"') {
        out.extend_from_slice(part);
        if part.ends_with(b"\"") {
            out.push(b'"');
        }
    }
    out.push(b'"');
}

fn append_tsv(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            byte => out.push(byte),
        }
    }
}

/// JSON is UTF-8; bytes that are not become U+FFFD.
fn append_json(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for character in String::from_utf8_lossy(text).chars() {
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\0'..' ' => out.extend_from_slice(format!("\\u{:04x}", u32::from(character)).as_bytes()),
            _ => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_can_be_read_again() {
        let cell = |text, name| Cell { text, is_number: true, notation: Notation::Value, name };
        let row = |format, cells: &[(&'static str, Option<&'static [u8]>)]| {
            let mut out = Vec::new();
            append_row(format, cells.iter().map(|(text, name)| cell(text.as_bytes(), *name)), &mut out);
            String::from_utf8(out).unwrap()
        };
        let plain = [("a,b", None), ("say \"x\"", None), ("", None), ("1.50", None), ("t\tn\n\\", None)];
        assert_eq!(row(TextFormat::Csv, &plain), "\"a,b\",\"say \"\"x\"\"\",,1.50,\"t\tn\n\\\"");
        assert_eq!(row(TextFormat::Tsv, &plain), "a,b\tsay \"x\"\t\t1.50\tt\\tn\\n\\\\");
        assert_eq!(row(TextFormat::JsonLines, &plain), r#"["a,b","say \"x\"","",1.50,"t\tn\n\\"]"#);
        let named = [("1", Some(&b"n"[..])), ("007", Some(b"\"")), ("\x01", Some(b"c"))];
        assert_eq!(row(TextFormat::JsonLines, &named), r#"{"n":1,"\"":"007","c":"\u0001"}"#);
        assert_eq!(row(TextFormat::Csv, &[("", None)]), "\"\"");
    }
}
