//! The log that the awk programs read, and a table of its first fields: made once, the same on every machine.
//!
//! Fields: time, level, host (web-01 to web-40), method, bytes, path, status, seconds, address,
//! `region=R,tier=T,shard=N` (the only commas of a line), user, and a message of one to eight words.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Changes with the text that is generated, so that no stale log is used.
const VERSION: u32 = 1;

/// What a line is.
#[derive(Clone, Copy)]
pub enum Form {
    /// All fields, with blanks between them.
    Log,
    /// The first nine, with commas between them.
    Table,
}

/// The path of a file of so many megabytes (10^6 bytes) in the directory, made when it is not there.
pub fn ensure(directory: &Path, form: Form, megabytes: u64) -> io::Result<PathBuf> {
    let path = directory.join(match form {
        Form::Log => format!("log-v{VERSION}-{megabytes}MB.txt"),
        Form::Table => format!("table-v{VERSION}-{megabytes}MB.csv"),
    });
    if !path.exists() {
        fs::create_dir_all(directory)?;
        let unfinished = path.with_extension("tmp");
        let mut out = BufWriter::with_capacity(1 << 16, File::create(&unfinished)?);
        write_lines(&mut out, form, megabytes * 1_000_000)?;
        fs::rename(&unfinished, &path)?;
    }
    Ok(path)
}

/// Whole lines until at least `size` bytes are written.
fn write_lines(out: &mut impl Write, form: Form, size: u64) -> io::Result<()> {
    let mut source = Source { random: Random(2024), milliseconds: 0 };
    let (mut written, mut line) = (0, String::new());
    while written < size {
        line.clear();
        source.line(&mut line).map_err(io::Error::other)?;
        if let Form::Table = form {
            let fields: Vec<&str> = line.split(' ').take(9).collect();
            line = fields.join(",") + "\n";
        }
        out.write_all(line.as_bytes())?;
        written += line.len() as u64;
    }
    out.flush()
}

/// The splitmix64 generator.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

const METHODS: &[&str] = &["GET", "GET", "GET", "GET", "GET", "POST", "POST", "PUT", "DELETE", "HEAD"];
const SUCCESS: &[u32] = &[200, 200, 200, 200, 201, 204, 206, 301, 302, 304];
const CLIENT_ERROR: &[u32] = &[400, 401, 403, 404, 404, 404, 409, 429];
const SERVER_ERROR: &[u32] = &[500, 500, 502, 503, 504];
const REGIONS: &[&str] = &["eu-1", "eu-2", "us-1", "us-2", "ap-1"];
const TIERS: &[&str] = &["free", "free", "free", "silver", "silver", "gold"];
const MESSAGES: &[&str] =
    &["ok", "served from cache", "cache miss", "request done", "session refreshed for user", "queued"];
const WARNINGS: &[&str] = &[
    "slow query took longer than expected",
    "retry after timeout",
    "rate limit is near",
    "response truncated",
];
const ERRORS: &[&str] = &[
    "upstream timeout after 3000 ms",
    "connection reset by peer",
    "timeout while reading response from backend",
    "no healthy backend",
    "database is locked",
];

struct Source {
    random: Random,
    /// Since the log began.
    milliseconds: u64,
}

impl Source {
    fn line(&mut self, line: &mut String) -> std::fmt::Result {
        let random = &mut self.random;
        self.milliseconds += random.below(200);
        let (level, status, message) = match random.below(100) {
            0..4 => ("ERROR", random.pick(SERVER_ERROR), random.pick(ERRORS)),
            4..12 => ("WARN", random.pick(CLIENT_ERROR), random.pick(WARNINGS)),
            12..27 => ("DEBUG", random.pick(SUCCESS), random.pick(MESSAGES)),
            _ => ("INFO", random.pick(SUCCESS), random.pick(MESSAGES)),
        };
        self.time(line)?;
        let random = &mut self.random;
        // Most answers are small and quick, a few are neither.
        let (size_bits, time_bits) = (4 + random.below(16), 2 + random.below(10));
        let (bytes, micros) = (random.below(1 << size_bits), random.below(1000 << time_bits));
        let host = 1 + random.below(40);
        write!(line, " {level} web-{host:02} {} {bytes} ", random.pick(METHODS))?;
        path(random, line)?;
        write!(line, " {status} {}.{:04}", micros / 1_000_000, micros % 1_000_000 / 100)?;
        write!(line, " 10.{}.{}.{}", random.below(8), random.below(256), 1 + random.below(254))?;
        let (region, tier) = (random.pick(REGIONS), random.pick(TIERS));
        writeln!(
            line,
            " region={region},tier={tier},shard={} u{} {message}",
            random.below(64),
            random.below(5000)
        )
    }

    fn time(&self, line: &mut String) -> std::fmt::Result {
        let (seconds, millis) = (self.milliseconds / 1000, self.milliseconds % 1000);
        let (day, hour) = (1 + seconds / 86_400, seconds / 3600 % 24);
        write!(line, "2024-03-{day:02}T{hour:02}:{:02}:{:02}.{millis:03}Z", seconds / 60 % 60, seconds % 60)
    }
}

fn path(random: &mut Random, line: &mut String) -> std::fmt::Result {
    let id = random.below(100_000);
    match random.below(8) {
        0 => write!(line, "/"),
        1 => write!(line, "/static/js/app.{:08x}.js", random.below(1 << 32)),
        2 => write!(line, "/static/img/{id}.png"),
        3 => write!(line, "/search?q=item+{id}&page={}", 1 + random.below(9)),
        4 => write!(line, "/login"),
        5 => write!(line, "/api/v1/users/{id}"),
        6 => write!(line, "/api/v2/users/{id}/orders?page={}&limit=50", 1 + random.below(20)),
        _ => write!(line, "/api/v2/orders/{id}/items/{}", random.below(30)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(form: Form) -> String {
        let mut bytes = Vec::new();
        write_lines(&mut bytes, form, 200_000).expect("a Vec takes every write");
        String::from_utf8(bytes).expect("the log is ASCII")
    }

    #[test]
    fn log_is_the_same_every_time_and_of_the_size_asked_for() {
        let log = sample(Form::Log);
        assert_eq!(log, sample(Form::Log));
        assert!((200_000..200_500).contains(&log.len()) && log.ends_with('\n'));
    }

    #[test]
    fn lines_have_the_fields_that_the_programs_use() {
        let log = sample(Form::Log);
        for line in log.lines() {
            let fields: Vec<&str> = line.split(' ').collect();
            assert!((12..=19).contains(&fields.len()), "{line}");
            assert!(fields[2].starts_with("web-"), "{line}");
            assert!(fields[4].parse::<u64>().is_ok() && fields[7].parse::<f64>().is_ok(), "{line}");
            assert!(line.split(',').nth(1).is_some_and(|field| field.starts_with("tier=")), "{line}");
        }
        let matching = log.lines().filter(|l| l.find("ERROR").is_some_and(|at| l[at..].contains("timeout")));
        assert!(matching.count() > 10);
    }

    #[test]
    fn rows_are_the_first_fields_of_lines() {
        for (row, line) in sample(Form::Table).lines().zip(sample(Form::Log).lines()) {
            let fields: Vec<&str> = line.split(' ').take(9).collect();
            assert_eq!(row.split(',').collect::<Vec<_>>(), fields);
        }
    }
}
