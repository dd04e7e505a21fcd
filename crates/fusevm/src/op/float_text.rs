//! Floats as text that reads back bit by bit, for the text forms of ops and constants.

use std::fmt::Write;

/// Writes the shortest decimal that reads back, with a point or an exponent; `inf`, `-inf`, `nan`; a NaN of
/// other bits as `nan(0x…)`.
pub(crate) fn write_float(out: &mut String, value: f64) {
    let result = match value {
        _ if value.to_bits() == f64::NAN.to_bits() => write!(out, "nan"),
        _ if value.is_nan() => write!(out, "nan({:#018x})", value.to_bits()),
        // The Debug form always has a point or an exponent.
        _ => write!(out, "{value:?}"),
    };
    debug_assert!(result.is_ok(), "a String takes everything");
}

/// Reads what [`write_float`] wrote, and any usual way of writing floats and integers.
pub(crate) fn parse_float(text: &str) -> Option<f64> {
    match text.strip_prefix("nan") {
        Some("") => Some(f64::NAN),
        Some(bits) => {
            let digits = bits.strip_prefix("(0x")?.strip_suffix(')')?;
            u64::from_str_radix(digits, 16).map(f64::from_bits).ok().filter(|value| value.is_nan())
        }
        None => text.parse().ok().filter(|value: &f64| !value.is_nan()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_read_back_bit_by_bit() {
        let cases = [
            (0.1, "0.1"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (1e300, "1e300"),
            (5e-324, "5e-324"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (f64::from_bits(0xfff8_0000_0000_0001), "nan(0xfff8000000000001)"),
        ];
        for (value, expected) in cases {
            let mut text = String::new();
            write_float(&mut text, value);
            assert_eq!(text, expected);
            assert_eq!(parse_float(&text).map(f64::to_bits), Some(value.to_bits()), "{text}");
        }
        for wrong in ["", "x", "1.5.2", "nan(", "nan(0x3ff0000000000000)", "-nan", "NaN"] {
            assert_eq!(parse_float(wrong), None, "{wrong}");
        }
    }
}
