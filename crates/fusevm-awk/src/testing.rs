//! Tables of cases for tests: a row is `source => expected`, `⏎` is a newline, and lines that start with `##` are
//! remarks.

/// The rows of a table: line number, source, expected.
pub(crate) fn rows(table: &str) -> impl Iterator<Item = (usize, String, String)> {
    table.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with("##")).map(
        |(index, line)| {
            let (source, expected) = line.split_once(" => ").expect("a row has ` => `");
            (index + 1, source.trim_end().replace('⏎', "\n"), expected.trim().replace('⏎', "\n"))
        },
    )
}

/// Compares what `actual` makes of each row's source with what the table expects, and shows all differences.
pub(crate) fn check_table(table: &str, actual: impl Fn(&str) -> String) {
    let mut wrong = String::new();
    let mut count = 0;
    for (line, source, expected) in rows(table) {
        let actual = actual(&source);
        count += 1;
        if actual != expected {
            wrong += &format!("line {line}: {source}\n  expected {expected}\n  got      {actual}\n");
        }
    }
    assert!(wrong.is_empty(), "of {count} rows:\n{wrong}");
}
