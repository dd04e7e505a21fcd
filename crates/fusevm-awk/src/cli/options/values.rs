//! The values of options.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

/// A whole number, with a suffix that shifts it.
pub(super) fn count(text: &[u8], suffixes: &[(u8, u32)]) -> Result<u64, String> {
    let suffix =
        suffixes.iter().find(|(suffix, _)| text.last().is_some_and(|b| b.eq_ignore_ascii_case(suffix)));
    let (digits, shift) = match suffix {
        Some((_, shift)) => (&text[..text.len() - 1], *shift),
        None => (text, 0),
    };
    let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u64>().ok());
    number
        .and_then(|number| number.checked_mul(1 << shift))
        .ok_or_else(|| format!("`{}' is no whole number", String::from_utf8_lossy(text)))
}

/// A time in seconds, with a fraction if need be.
pub(super) fn seconds(text: &[u8]) -> Result<Duration, String> {
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    number
        .and_then(|number| Duration::try_from_secs_f64(number).ok())
        .ok_or_else(|| format!("`{}' is no time in seconds", String::from_utf8_lossy(text)))
}

/// Whether the locale of the environment has UTF-8 characters.
pub(in crate::cli) fn locale_is_utf8(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| variable(name).filter(|v| !v.is_empty()));
    let charset = locale.unwrap_or_default().as_bytes().to_ascii_lowercase();
    [&b"utf-8"[..], b"utf8"].iter().any(|name| memchr::memmem::find(&charset, name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_is_found_as_posix_says() {
        let cases: &[(&[(&str, &str)], bool)] = &[
            (&[], false),
            (&[("LANG", "en_GB.UTF-8")], true),
            (&[("LANG", "de_DE.utf8"), ("LC_CTYPE", "C")], false),
            (&[("LC_ALL", ""), ("LC_CTYPE", "C.UTF-8")], true),
            (&[("LC_ALL", "POSIX"), ("LANG", "C.UTF-8")], false),
        ];
        for (variables, expected) in cases {
            let variable = |name: &str| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
            };
            assert_eq!(locale_is_utf8(variable), *expected, "{variables:?}");
        }
    }
}
