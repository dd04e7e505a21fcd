//! What a benchmark run found: samples, and the figures derived from them, as text and JSON.

pub mod html;

use std::fmt::Write;

use serde_json::json;

use crate::stats::{geometric_mean, median};

/// The outcome of one command.
pub struct Report {
    /// The heading.
    pub title: String,
    /// Machine and versions, as label and text.
    pub environment: Vec<(String, String)>,
    /// One table for each quantity.
    pub tables: Vec<Table>,
    /// What a reader must know to read the figures.
    pub notes: Vec<String>,
}

/// One quantity, measured for items on engines; lower is better.
pub struct Table {
    /// What is measured.
    pub title: String,
    /// What a row is.
    pub item: &'static str,
    /// The unit of all samples.
    pub unit: &'static str,
    /// The engines; ours is the first and is compared with each other one.
    pub engines: Vec<String>,
    /// The heading of a further column about our engine.
    pub extra: Option<&'static str>,
    /// The items.
    pub rows: Vec<Row>,
}

/// One item of a table.
pub struct Row {
    /// The name of the item.
    pub name: String,
    /// The samples by engine; empty where the engine did not take part.
    pub samples: Vec<Vec<f64>>,
    /// The samples of the further column.
    pub extra: Vec<f64>,
    /// Why the item has no figures of ours.
    pub failure: Option<String>,
}

/// Our engine against one other, over all rows that have both.
pub struct Summary {
    /// The geometric mean of the ratios.
    pub mean: f64,
    /// The row with the highest ratio.
    pub worst: (String, f64),
}

impl Row {
    /// A row without samples yet.
    pub fn new(name: &str, engines: usize) -> Row {
        Row { name: name.to_owned(), samples: vec![Vec::new(); engines], extra: Vec::new(), failure: None }
    }

    /// A row of an item that could not be measured.
    pub fn failed(name: &str, failure: String) -> Row {
        Row { failure: Some(failure), ..Row::new(name, 0) }
    }

    /// The median of an engine's samples.
    pub fn median(&self, engine: usize) -> Option<f64> {
        median(self.samples.get(engine)?)
    }

    /// Our median over that of another engine: below 1 we are faster or smaller.
    pub fn ratio(&self, engine: usize) -> Option<f64> {
        Some(self.median(0)? / self.median(engine)?)
    }
}

impl Table {
    /// The comparison with one engine, `None` when no row has both.
    pub fn summary(&self, engine: usize) -> Option<Summary> {
        let ratios: Vec<(&Row, f64)> =
            self.rows.iter().filter_map(|row| Some((row, row.ratio(engine)?))).collect();
        let mean = geometric_mean(&ratios.iter().map(|&(_, ratio)| ratio).collect::<Vec<_>>())?;
        let (row, ratio) = ratios.into_iter().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        Some(Summary { mean, worst: (row.name.clone(), ratio) })
    }

    fn text(&self) -> String {
        let ours = &self.engines[0];
        let mut header = vec![self.item.to_owned(), ours.clone()];
        header.extend(self.extra.map(str::to_owned));
        header.extend(self.engines[1..].iter().cloned());
        header.extend(self.engines[1..].iter().map(|engine| format!("/{engine}")));

        let mut lines = vec![header];
        for row in self.rows.iter().filter(|row| row.failure.is_none()) {
            let mut line = vec![row.name.clone(), figure(row.median(0))];
            if self.extra.is_some() {
                line.push(figure(median(&row.extra)));
            }
            line.extend((1..self.engines.len()).map(|engine| figure(row.median(engine))));
            line.extend((1..self.engines.len()).map(|engine| ratio_figure(row.ratio(engine))));
            lines.push(line);
        }
        let mut text = format!("{}\n{}", self.title, align(&lines));
        for engine in 1..self.engines.len() {
            if let Some(Summary { mean, worst: (name, ratio) }) = self.summary(engine) {
                let peer = &self.engines[engine];
                let _ = writeln!(text, "{ours}/{peer}: geometric mean {mean:.2}, worst {ratio:.2} ({name})");
            }
        }
        for row in &self.rows {
            if let Some(failure) = &row.failure {
                let _ = writeln!(text, "FAILED {}: {failure}", row.name);
            }
        }
        text
    }
}

impl Report {
    /// Whether it has no item at all.
    pub fn is_empty(&self) -> bool {
        self.tables.iter().all(|table| table.rows.is_empty())
    }

    /// Whether an item could not be measured or gave a wrong result.
    pub fn has_failures(&self) -> bool {
        self.tables.iter().flat_map(|table| &table.rows).any(|row| row.failure.is_some())
    }

    /// The report for a terminal.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (label, fact) in &self.environment {
            let _ = writeln!(text, "{label}: {fact}");
        }
        for table in &self.tables {
            let _ = write!(text, "\n{}", table.text());
        }
        text.push('\n');
        for note in &self.notes {
            let _ = writeln!(text, "{note}");
        }
        text
    }

    /// The report with every sample, for other programs.
    pub fn json(&self) -> String {
        let tables: Vec<_> = self
            .tables
            .iter()
            .map(|table| {
                let rows: Vec<_> = table
                    .rows
                    .iter()
                    .map(|row| json!({ "name": row.name, "samples": row.samples, "extra": row.extra, "failure": row.failure }))
                    .collect();
                json!({ "title": table.title, "unit": table.unit, "engines": table.engines, "extra": table.extra, "rows": rows })
            })
            .collect();
        let report = json!({ "title": self.title, "environment": self.environment, "tables": tables, "notes": self.notes });
        format!("{report:#}\n")
    }
}

/// Three significant digits, which is what such measurements carry.
fn figure(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value >= 100.0 => format!("{value:.0}"),
        Some(value) if value >= 10.0 => format!("{value:.1}"),
        Some(value) if value >= 1.0 => format!("{value:.2}"),
        Some(value) => format!("{value:.3}"),
    }
}

fn ratio_figure(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"))
}

/// Lines of cells as a table: the first column to the left, the others to the right.
fn align(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(String::len).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for line in lines {
        for (column, (cell, &width)) in line.iter().zip(&widths).enumerate() {
            let _ = match column {
                0 => write!(text, "{cell:<width$}"),
                _ => write!(text, "  {cell:>width$}"),
            };
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let row = |name: &str, samples: [&[f64]; 3]| Row {
            samples: samples.map(<[f64]>::to_vec).into(),
            ..Row::new(name, 3)
        };
        Table {
            title: "Times".to_owned(),
            item: "kernel",
            unit: "ms",
            engines: ["ours", "fast", "slow"].map(str::to_owned).into(),
            extra: None,
            rows: vec![
                row("a", [&[4.0, 1.0, 2.0], &[1.0], &[200.0]]),
                row("b", [&[8.0], &[1.0], &[]]),
                Row::failed("c", "results differ".to_owned()),
            ],
        }
    }

    #[test]
    fn ratios_come_from_medians_and_skip_missing_engines() {
        let table = table();
        let fast = table.summary(1).expect("both rows have it");
        assert!((fast.mean - 4.0).abs() < 1e-12);
        assert_eq!(fast.worst, ("b".to_owned(), 8.0));
        assert_eq!(table.summary(2).expect("row a has it").worst, ("a".to_owned(), 0.01));
    }

    #[test]
    fn text_aligns_columns_and_names_failures() {
        let expected = "\
Times
kernel  ours   fast  slow  /fast  /slow
a       2.00   1.00   200   2.00   0.01
b       8.00   1.00     -   8.00      -
ours/fast: geometric mean 4.00, worst 8.00 (b)
ours/slow: geometric mean 0.01, worst 0.01 (a)
FAILED c: results differ
";
        let text = table().text();
        let squeezed = |text: &str| {
            text.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
        };
        assert_eq!(squeezed(&text), squeezed(expected));
        let widths: Vec<usize> = text.lines().skip(1).take(3).map(str::len).collect();
        assert_eq!(widths, [widths[0]; 3]);
    }

    #[test]
    fn json_keeps_every_sample() {
        let report =
            Report { title: "t".to_owned(), environment: vec![], tables: vec![table()], notes: vec![] };
        let parsed: serde_json::Value = serde_json::from_str(&report.json()).expect("it is JSON");
        assert_eq!(parsed["tables"][0]["rows"][0]["samples"][0], json!([4.0, 1.0, 2.0]));
        assert_eq!(parsed["tables"][0]["rows"][2]["failure"], "results differ");
    }
}
