//! Makes the text of a failing program small: runs of lines and of tokens are removed for as long as the failure stays.

use super::Case;

/// Attempts that one finding is worth.
const ATTEMPTS: usize = 250;

/// A smaller text for which `fails` still holds.
pub fn shrink_text(text: &[u8], mut fails: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut attempts = ATTEMPTS;
    let mut best = text.to_vec();
    for pieces in [blocks, lines, tokens, tokens] {
        let mut kept = pieces(&best);
        remove_runs(&mut kept, &mut attempts, |pieces| fails(&pieces.concat()));
        best = kept.concat();
    }
    best
}

/// A smaller case for which `fails` still holds.
pub fn shrink_case(case: &Case, mut fails: impl FnMut(&Case) -> bool) -> Case {
    let mut best = case.clone();
    let program = shrink_text(best.program.as_bytes(), |text| {
        std::str::from_utf8(text).is_ok_and(|text| fails(&Case { program: text.to_owned(), ..case.clone() }))
    });
    best.program = String::from_utf8_lossy(&program).into_owned();
    let mut attempts = ATTEMPTS;
    for file in (0..best.files.len()).rev() {
        for pieces in [lines, tokens] {
            let mut content = pieces(&best.files[file].1);
            let mut candidate = best.clone();
            remove_runs(&mut content, &mut attempts, |pieces| {
                candidate.files[file].1 = pieces.concat();
                fails(&candidate)
            });
            best.files[file].1 = content.concat();
        }
    }
    let mut without = |drop: &dyn Fn(&mut Case, usize), count: fn(&Case) -> usize| {
        for at in (0..count(&best)).rev() {
            let mut candidate = best.clone();
            drop(&mut candidate, at);
            if fails(&candidate) {
                best = candidate;
            }
        }
    };
    without(&|case, at| drop(case.files.remove(at)), |case| case.files.len());
    without(&|case, at| drop(case.options.remove(at)), |case| case.options.len());
    without(&|case, at| drop(case.operands.remove(at)), |case| case.operands.len());
    without(&|case, at| drop(case.env.remove(at)), |case| case.env.len());
    best
}

/// Removes pieces in a row, fewer and fewer.
fn remove_runs(pieces: &mut Vec<Vec<u8>>, attempts: &mut usize, mut fails: impl FnMut(&[Vec<u8>]) -> bool) {
    let mut len = (pieces.len() / 2).max(1);
    loop {
        let mut start = 0;
        while start < pieces.len() && *attempts > 0 {
            *attempts -= 1;
            let mut candidate = pieces.clone();
            candidate.drain(start..(start + len).min(pieces.len()));
            if fails(&candidate) {
                *pieces = candidate;
            } else {
                start += len;
            }
        }
        if len == 1 {
            return;
        }
        len /= 2;
    }
}

fn lines(text: &[u8]) -> Vec<Vec<u8>> {
    text.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// Lines, those from an opening brace at the end of one to the closing brace together.
fn blocks(text: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    let mut open = 0usize;
    for line in lines(text) {
        let trimmed = line.trim_ascii();
        let closes = trimmed.starts_with(b"}");
        if open > 0
            && let Some(last) = pieces.last_mut()
        {
            last.extend_from_slice(&line);
        } else {
            pieces.push(line.clone());
        }
        open = open.saturating_sub(usize::from(closes)) + usize::from(trimmed.ends_with(b"{"));
    }
    pieces
}

/// Words, strings and single characters.
pub(super) fn tokens(text: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(&first) = rest.first() {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = if is_word(&first) {
            rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len())
        } else if first == b'"' {
            rest[1..].iter().position(|byte| *byte == b'"').map_or(1, |at| at + 2)
        } else {
            1
        };
        let (piece, others) = rest.split_at(length);
        pieces.push(piece.to_vec());
        rest = others;
    }
    pieces
}
