//! Times against gawk's recorded output.

use super::*;

/// TZ, function, format or date, timestamp and output as `testdata/record-times.sh` recorded them from gawk 5.2.1 with glibc.
const GAWK: &str = include_str!("testdata/times.tsv");

#[test]
fn gawk_agrees() {
    let mut failures = Vec::new();
    for line in GAWK.lines() {
        let [tz, function, text, time, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a row of five columns: {line}");
        };
        let zone = if function == "gmt" { Zone::gmt() } else { Zone::from_tz(Some(tz.as_bytes())) };
        let ours = if function == "mktime" {
            mktime(text.as_bytes(), &zone).map_or("-1".to_owned(), |seconds| seconds.to_string())
        } else {
            let mut out = Vec::new();
            strftime(&mut out, text.as_bytes(), time.parse().unwrap(), &zone);
            String::from_utf8(out).unwrap().replace('\n', "\\n").replace('\t', "\\t")
        };
        if ours != expected {
            failures.push(format!("{line} — ours: {ours}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn mktime_undoes_strftime() {
    let zone = Zone::from_tz(Some(b"EST5EDT,M3.2.0,M11.1.0"));
    for step in -500..500 {
        // 97 days and some hours, so that all seasons and times of day come up, far beyond four-digit years too.
        let seconds = step * 8_423_456_789;
        for (zone, summer) in [(&Zone::gmt(), false), (&zone, true)] {
            let mut text = Vec::new();
            strftime(&mut text, b"%Y %m %d %H %M %S", seconds, zone);
            let back = mktime(&text, zone).unwrap();
            assert!(back == seconds || (summer && (seconds - back).abs() == 3600), "{seconds} gave {back}");
        }
    }
}

#[test]
fn absurd_input_is_refused() {
    let zone = Zone::from_tz(Some(b"no such zone"));
    let mut out = Vec::new();
    strftime(&mut out, b"%Y", i64::MAX, &zone);
    strftime(&mut out, b"%Y", i64::MIN, &zone);
    assert!(out.is_empty());
    for date in [
        "9223372036854775807 1 1 0 0 0",
        "2000 1 9223372036854775807 0 0 0",
        "99999999999999999999 1 1 0 0 0",
        "1 -9223372036854775808 1 0 0 0",
    ] {
        assert_eq!(mktime(date.as_bytes(), &zone), None, "{date}");
    }
    strftime(&mut out, b"\xff%99999999999d%", 0, &zone);
    assert!(out.starts_with(b"\xff0") && out.ends_with(b"01%"));
}
