//! The report as one self-contained page: tables, and for each peer a plot of the ratios around 1.

use std::fmt::Write;

use super::{Report, Table, figure, median, ratio_figure};

const STYLE: &str = "\
:root { color-scheme: light dark; --ink: #1c2128; --dim: #667; --line: #ccd; --better: #2f855a; --worse: #c05621; --page: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e2e6ec; --dim: #99a; --line: #3a4150; --better: #68c392; --worse: #ee9a5c; --page: #14171c; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 1rem 0; }
th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
.better { color: var(--better); } .worse { color: var(--worse); } .dim { color: var(--dim); }
.plots { display: flex; flex-wrap: wrap; gap: 1rem 2rem; } figure { margin: 0; } figcaption { font-weight: 600; }
svg { font: 12px system-ui, sans-serif; } svg text { fill: var(--ink); } svg .dim { fill: var(--dim); }
svg line { stroke: var(--line); } svg .one { stroke: var(--dim); } svg .better { fill: var(--better); } svg .worse { fill: var(--worse); }";

impl Report {
    /// The page.
    pub fn html(&self) -> String {
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\n\
             <meta name=\"viewport\" content=\"width=device-width\"><style>\n{STYLE}\n</style></head><body>\n\
             <h1>{title}</h1>\n<p>",
            title = escape(&self.title)
        );
        for (label, fact) in &self.environment {
            let _ = writeln!(page, "<span class=\"dim\">{}:</span> {}<br>", escape(label), escape(fact));
        }
        page.push_str("</p>\n");
        for table in &self.tables {
            let _ = writeln!(page, "<h2>{}</h2>", escape(&table.title));
            page.push_str(&numbers(table));
            page.push_str("<div class=\"plots\">\n");
            for engine in 1..table.engines.len() {
                page.push_str(&plot(table, engine));
            }
            page.push_str("</div>\n");
        }
        for note in &self.notes {
            let _ = writeln!(page, "<p class=\"dim\">{}</p>", escape(note));
        }
        page.push_str("</body></html>\n");
        page
    }
}

/// The table of medians and ratios.
fn numbers(table: &Table) -> String {
    let mut text = format!("<div class=\"wide\"><table>\n<tr><th>{}", escape(table.item));
    let mut headings = vec![format!("{}, {}", table.engines[0], table.unit)];
    headings.extend(table.extra.map(str::to_owned));
    headings.extend(table.engines[1..].iter().cloned());
    headings.extend(table.engines[1..].iter().map(|engine| format!("/ {engine}")));
    for heading in headings {
        let _ = write!(text, "<th>{}", escape(&heading));
    }
    text.push_str("</tr>\n");
    for row in &table.rows {
        let _ = write!(text, "<tr><td>{}", escape(&row.name));
        if let Some(failure) = &row.failure {
            let _ = writeln!(text, "<td class=\"worse\" colspan=\"99\">{}</tr>", escape(failure));
            continue;
        }
        let _ = write!(text, "<td>{}", figure(row.median(0)));
        if table.extra.is_some() {
            let _ = write!(text, "<td>{}", figure(median(&row.extra)));
        }
        for engine in 1..table.engines.len() {
            let _ = write!(text, "<td>{}", figure(row.median(engine)));
        }
        for engine in 1..table.engines.len() {
            text.push_str(&ratio_cell(row.ratio(engine)));
        }
        text.push_str("</tr>\n");
    }
    let filler = table.engines.len() + usize::from(table.extra.is_some());
    let _ = write!(text, "<tr><th>geometric mean<td colspan=\"{filler}\">");
    for engine in 1..table.engines.len() {
        text.push_str(&ratio_cell(table.summary(engine).map(|summary| summary.mean)));
    }
    text.push_str("</tr>\n</table></div>\n");
    text
}

fn ratio_cell(ratio: Option<f64>) -> String {
    format!("<td class=\"{}\">{}", ratio.map_or("dim", verdict), ratio_figure(ratio))
}

fn verdict(ratio: f64) -> &'static str {
    if ratio <= 1.0 { "better" } else { "worse" }
}

const ROW_HEIGHT: f64 = 20.0;
const NAME_WIDTH: f64 = 150.0;
const PLOT_WIDTH: f64 = 300.0;
/// Room for the figure at the end of a bar.
const MARGIN: f64 = 40.0;

/// Bars that leave the line of equality to the left where we are faster, to the right where the peer is; the scale
/// is logarithmic, so that a factor looks alike in both directions.
fn plot(table: &Table, engine: usize) -> String {
    let bars: Vec<(&str, f64)> =
        table.rows.iter().filter_map(|row| Some((row.name.as_str(), row.ratio(engine)?))).collect();
    // The scale reaches the next power of two beyond the longest bar.
    let reach = bars.iter().map(|(_, ratio)| ratio.log2().abs()).fold(1.0, f64::max).ceil();
    let middle = NAME_WIDTH + MARGIN + PLOT_WIDTH / 2.0;
    let x = |ratio: f64| middle + ratio.log2() / reach * PLOT_WIDTH / 2.0;
    let (width, bottom) = (NAME_WIDTH + PLOT_WIDTH + 2.0 * MARGIN, bars.len() as f64 * ROW_HEIGHT);

    let title = format!("{} / {}", table.engines[0], table.engines[engine]);
    let title = escape(&title);
    let mut text = format!(
        "<figure><figcaption>{title}</figcaption>\n<svg role=\"img\" aria-label=\"{title}\" width=\"{width}\" height=\"{}\">\n",
        bottom + ROW_HEIGHT
    );
    for tick in [2f64.powf(-reach), 1.0, 2f64.powf(reach)] {
        let (at, class) = (x(tick), if tick == 1.0 { "one" } else { "tick" });
        let _ = writeln!(
            text,
            "<line class=\"{class}\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"0\" y2=\"{bottom}\"/>\
             <text class=\"dim\" x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + ROW_HEIGHT * 0.75,
            if tick < 1.0 { format!("1/{}", 1.0 / tick) } else { tick.to_string() },
        );
    }
    for (line, (name, ratio)) in bars.into_iter().enumerate() {
        let (end, top) = (x(ratio), line as f64 * ROW_HEIGHT);
        let (label, anchor) = if ratio <= 1.0 { (end - 4.0, "end") } else { (end + 4.0, "start") };
        let _ = writeln!(
            text,
            "<text x=\"0\" y=\"{base:.1}\">{name}</text>\
             <rect class=\"{class}\" x=\"{left:.1}\" y=\"{y:.1}\" width=\"{length:.1}\" height=\"{height:.1}\"/>\
             <text x=\"{label:.1}\" y=\"{base:.1}\" text-anchor=\"{anchor}\">{ratio:.2}</text>",
            name = escape(name),
            class = verdict(ratio),
            base = top + ROW_HEIGHT * 0.7,
            left = end.min(middle),
            y = top + ROW_HEIGHT * 0.15,
            length = (end - middle).abs(),
            height = ROW_HEIGHT * 0.7,
        );
    }
    text.push_str("</svg></figure>\n");
    text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::Row;
    use super::*;

    #[test]
    fn page_is_self_contained_and_escaped() {
        let mut row = Row::new("a<b", 2);
        row.samples = vec![vec![1.0], vec![4.0]];
        let table = Table {
            title: "Times".to_owned(),
            item: "kernel",
            unit: "ms",
            engines: vec!["ours".to_owned(), "theirs".to_owned()],
            extra: None,
            rows: vec![row, Row::failed("c", "x & y".to_owned())],
        };
        let page =
            Report { title: "t".to_owned(), environment: vec![], tables: vec![table], notes: vec![] }.html();
        assert!(page.contains("a&lt;b") && page.contains("x &amp; y") && page.contains(">0.25<"));
        assert!(!page.contains("href=") && !page.contains("src="));
    }
}
