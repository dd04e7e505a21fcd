//! The formatter against gawk's recorded output, and its short ways against the standard library's exact ones.

use super::*;

/// Locale, format, arguments and output as `testdata/record-formats.sh` recorded them from gawk 5.2.1.
const GAWK: &str = include_str!("testdata/formats.tsv");

#[derive(Clone)]
enum Arg {
    Number(f64),
    Text(Vec<u8>),
}

/// Arguments with awk's conversions.
struct Args {
    list: Vec<Arg>,
    scratch: Vec<u8>,
}

impl FormatArgs for Args {
    fn number(&mut self, index: usize) -> Option<Number> {
        Some(match self.list.get(index)? {
            Arg::Number(number) => Number::Float(*number),
            Arg::Text(text) => Number::Float(String::from_utf8_lossy(text).parse().unwrap_or(0.0)),
        })
    }

    fn text(&mut self, index: usize) -> Option<&[u8]> {
        match self.list.get(index)? {
            Arg::Text(text) => Some(text),
            Arg::Number(number) => {
                self.scratch.clear();
                awk_number(&mut self.scratch, *number, &Format::parse(b"%.6g").unwrap()).unwrap();
                Some(&self.scratch)
            }
        }
    }

    fn char(&mut self, index: usize) -> Option<CharArg<'_>> {
        Some(match self.list.get(index)? {
            Arg::Number(number) => CharArg::Code(*number),
            Arg::Text(text) => CharArg::Text(text),
        })
    }
}

fn format(format: &[u8], args: &[Arg], utf8: bool) -> Result<Vec<u8>, FormatError> {
    let mut out = b"kept".to_vec();
    let mut args = Args { list: args.to_vec(), scratch: Vec::new() };
    Format::parse(format)?.render(&mut out, &mut args, utf8)?;
    assert!(out.starts_with(b"kept"));
    Ok(out.split_off(4))
}

fn number(format_text: &str, value: f64) -> String {
    String::from_utf8(format(format_text.as_bytes(), &[Arg::Number(value)], false).unwrap()).unwrap()
}

#[test]
fn gawk_agrees() {
    let mut rows = 0;
    let mut failures = Vec::new();
    for line in GAWK.lines() {
        let [locale, text, args, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a row of four columns: {line}");
        };
        rows += 1;
        let args: Vec<Arg> = args
            .split(',')
            .map(|arg| match arg.strip_prefix("n:") {
                Some(number) => Arg::Number(number.parse().unwrap()),
                None => Arg::Text(arg.strip_prefix("s:").unwrap().into()),
            })
            .collect();
        let ours = match format(text.as_bytes(), &args, locale == "utf8") {
            Ok(output) => String::from_utf8_lossy(&output).into_owned(),
            Err(_) => "error".to_owned(),
        };
        if ours != expected {
            failures.push(format!("{line} — ours: {ours}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(rows >= 150);
}

#[test]
fn bytes_that_are_not_text() {
    let code = |code: f64, utf8| format(b"%c", &[Arg::Number(code)], utf8).unwrap();
    // From gawk, piped through od.
    assert_eq!(code(256.0, false), b"\0");
    assert_eq!(code(-1.0, false), b"\xff");
    assert_eq!(code(-1.0, true), b"\xff");
    assert_eq!(code(233.0, false), b"\xe9");
    assert_eq!(code(f64::INFINITY, true), b"\0");
    let text = |f: &[u8], text: &[u8], utf8| format(f, &[Arg::Text(text.to_vec())], utf8).unwrap();
    assert_eq!(text(b"%c", b"", false), b"\0");
    assert_eq!(text(b"%c", b"\xff\xff", true), b"\xff");
    assert_eq!(text(b"%4s|", b"\xff", true), b"   \xff|");
    assert_eq!(text(b"%.1s|", b"\xff\xe9", true), b"\xff|");
    assert_eq!(text("[%3s]".as_bytes(), "é".as_bytes(), false), "[ é]".as_bytes());
    assert_eq!(text(b"\xff%s\xfe", b"\xfd", true), b"\xff\xfd\xfe");
}

#[test]
fn errors_say_where() {
    let args = [Arg::Number(1e12), Arg::Number(2.0)];
    assert_eq!(format(b"ab%d%d%d", &args, false), Err(FormatError::MissingArgument { offset: 6, at: 7 }));
    assert_eq!(format(b"a%2$d%d", &args, false), Err(FormatError::MixedPositions { offset: 5 }));
    assert_eq!(format(b"%0$d", &args, false), Err(FormatError::BadPosition { offset: 0 }));
    assert_eq!(format(b" %99999999999999999999d", &args, false), Err(FormatError::TooWide { offset: 1 }));
    assert_eq!(format(b"%.999999999f", &args, false), Err(FormatError::TooWide { offset: 0 }));
    assert_eq!(format(b"%*d", &args, false), Err(FormatError::TooWide { offset: 0 }));
    assert_eq!(format(b"%d%9999999999999999999999$d", &args, false).unwrap_err().offset(), 2);
    assert_eq!(
        format(b"%9999999999999999999999$d", &args, false),
        Err(FormatError::NoSuchPosition { offset: 0, position: usize::MAX })
    );
    assert_eq!(format(b"%1$*10$d", &args, false), Err(FormatError::MissingArgument { offset: 0, at: 6 }));
}

#[test]
fn oddities_are_told_in_order() {
    // The warnings are those of gawk --lint.
    let cases: &[(&str, usize, &[&str])] = &[
        ("%d %s%%", 2, &[]),
        (
            "%28b%29%c",
            0,
            &[
                "ignoring unknown format specifier character `b': no argument converted",
                "field width is ignored for `%%' specifier",
            ],
        ),
        (
            "%.3% %5.3%",
            0,
            &[
                "precision is ignored for `%%' specifier",
                "field width and precision are ignored for `%%' specifier",
            ],
        ),
        ("%5ld", 1, &["`l' is meaningless in awk formats; ignored"]),
        ("%2$d %1$d", 2, &["too many arguments supplied for format string"]),
        (
            "%k",
            0,
            &[
                "ignoring unknown format specifier character `k': no argument converted",
                "[s]printf: format specifier does not have control letter",
            ],
        ),
        (
            "%d %5",
            2,
            &[
                "[s]printf: format specifier does not have control letter",
                "too many arguments supplied for format string",
            ],
        ),
    ];
    for (text, arguments, expected) in cases {
        let format = Format::parse(text.as_bytes()).unwrap();
        let told: Vec<String> = format.oddities(*arguments).map(|oddity| oddity.to_string()).collect();
        assert_eq!(told, *expected, "{text}");
    }
}

#[test]
fn integers_stay_exact() {
    struct Int(i64);
    impl FormatArgs for Int {
        fn number(&mut self, _: usize) -> Option<Number> {
            Some(Number::Int(self.0))
        }
        fn text(&mut self, _: usize) -> Option<&[u8]> {
            None
        }
        fn char(&mut self, _: usize) -> Option<CharArg<'_>> {
            None
        }
    }
    for value in [0, 7, 10, 99, 100, 101, 12345, -1, i64::MAX, i64::MIN, (1 << 53) + 1] {
        let mut out = Vec::new();
        let format = Format::parse(b"%d %x %o %u").unwrap();
        format.render(&mut out, &mut Int(value), false).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), format!("{value} {value:x} {value:o} {}", value as u64));
    }
}

#[test]
fn awk_numbers() {
    // From gawk: print x ""
    let cases: &[(f64, &str, &str)] = &[
        (0.1, "%.6g", "0.1"),
        (123456.789, "%.6g", "123457"),
        (1e15 + 0.5, "%.6g", "1e+15"),
        (1e-300, "%.6g", "1e-300"),
        (1e30, "%.6g", "1000000000000000019884624838656"),
        (9007199254740993.0, "%.6g", "9007199254740992"),
        (-0.0, "%.6g", "0"),
        (-17.0, "%.6g", "-17"),
        (3.125, "%.2f", "3.12"),
        (3.9, "%d", "3"),
        (5.0, "%.2f", "5"),
        (f64::INFINITY, "%.6g", "+inf"),
        (f64::NEG_INFINITY, "%.6g", "-inf"),
    ];
    for &(value, format, expected) in cases {
        let mut out = Vec::new();
        awk_number(&mut out, value, &Format::parse(format.as_bytes()).unwrap()).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
    let mut out = Vec::new();
    assert!(awk_number(&mut out, 0.5, &Format::parse(b"%d%d").unwrap()).is_err());
    fmt_g(&mut out, 0.1 + 0.2, 17);
    assert_eq!(out, b"00.30000000000000004");
}

#[test]
fn literal_formats_are_known() {
    assert_eq!(Format::parse(b"100%% %z").unwrap().is_literal(), Some(&b"100% %z"[..]));
    assert_eq!(Format::parse(b"").unwrap().is_literal(), Some(&b""[..]));
    assert_eq!(Format::parse(b"%d").unwrap().is_literal(), None);
}

/// Doubles of all magnitudes, and short decimals and ties among them.
fn doubles() -> impl Iterator<Item = f64> {
    let mut state = 0x1234_5678_9ABC_DEF1u64;
    (0..60_000).map(move |i| {
        // xorshift64*
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let random = state.wrapping_mul(0x2545_F491_4F6C_DD1D);
        match i % 4 {
            0 => f64::from_bits(random >> 1),
            1 => (random % 100_000_000) as f64 / 10f64.powi((random >> 40) as i32 % 9),
            2 => (random % (1 << 30)) as f64 / (1u64 << (random >> 59)) as f64,
            _ => f64::from_bits((random & 0x000F_FFFF_FFFF_FFFF) | (1023 - 20 + (random >> 52) % 80) << 52),
        }
    })
}

#[test]
fn short_ways_round_as_the_exact_ones() {
    for value in doubles().filter(|value| value.is_finite()) {
        for precision in [0, 1, 2, 3, 6, 9, 15, 17] {
            assert_eq!(
                number(&format!("%.{precision}f"), value),
                format!("{value:.precision$}"),
                "{value:e}"
            );
        }
        for digits in [1, 2, 6, 10, 15, 17] {
            let shown = number(&format!("%.{digits}g"), value);
            let exact = format!("{value:.*e}", digits - 1);
            let (mantissa, exponent) = exact.split_once('e').unwrap();
            let exponent: i32 = exponent.parse().unwrap();
            let strip = |text: &str| match text.contains('.') {
                true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
                false => text.to_owned(),
            };
            let expected = if exponent < -4 || exponent >= digits as i32 {
                let sign = if exponent < 0 { '-' } else { '+' };
                format!("{}e{sign}{:02}", strip(mantissa), exponent.abs())
            } else {
                strip(&format!("{value:.*}", (digits as i32 - 1 - exponent) as usize))
            };
            assert_eq!(shown, expected, "%.{digits}g of {value:e}");
        }
    }
}
