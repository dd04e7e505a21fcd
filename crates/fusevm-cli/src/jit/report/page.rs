//! The page: HTML with its style in it, no scripts, nothing from elsewhere.

use super::summary::{Code, Region, Summary, Times, Use};
use crate::jit::{Observed, Texts};
use fusevm::error::Frame;
use fusevm::jit::log::{CodeId, INTERVAL};
use fusevm::jit::{Event, kinds_in_words, policy};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};
use std::time::Duration;

const STYLE: &str = include_str!("style.css");

/// Lines of the text that are shown around one with something to tell.
const CONTEXT: usize = 3;

/// Most rows of a table; what the others add up to is not worth a look.
const MAX_ROWS: usize = 50;

/// The page of a run of `command`.
pub fn page(command: &str, summary: &Summary, observed: &Observed) -> String {
    let mut page = Page { out: String::new(), summary, texts: &observed.texts };
    // Writing to a String cannot fail.
    let _ = page.write(command, &observed.events);
    page.out
}

struct Page<'a> {
    out: String,
    summary: &'a Summary,
    texts: &'a Texts,
}

impl Page<'_> {
    fn write(&mut self, command: &str, events: &[Event]) -> fmt::Result {
        let command = Escaped(command);
        write!(
            self.out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{command} – fusevm jit report</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <p class=\"eyebrow\">fusevm {} · {} {} · jit report</p>\n<h1><code>{command}</code></h1>\n",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH,
        )?;
        self.cards()?;
        self.times()?;
        self.regions()?;
        self.sources()?;
        self.exits()?;
        self.not_compiled()?;
        self.log(events)?;
        write!(
            self.out,
            "<footer>Times by place are sampled every {} ms: small ones are rough.</footer>\n\
             </main>\n</body>\n</html>\n",
            INTERVAL.as_millis()
        )
    }

    /// The figures that one looks for first.
    fn cards(&mut self) -> fmt::Result {
        let summary = self.summary;
        let native: Duration =
            [Use::Trace, Use::Block, Use::Linear].iter().map(|usage| summary.times.of(*usage)).sum();
        let compiled = summary.compiled().count();
        let given_up = summary.regions.iter().filter(|region| is_given_up(region)).count();
        let beside = match summary.background {
            Duration::ZERO => String::new(),
            background => format!(", {} of it beside the program", Time(background)),
        };
        self.out.push_str("<section class=\"cards\">\n");
        let cards = [
            (Time(summary.total).to_string(), "the whole run".to_string()),
            (percent(native, summary.times.total()), "of it in native code".to_string()),
            (compiled.to_string(), format!("compiled, to {} bytes", Count(summary.code_bytes() as u64))),
            (Time(summary.compile_time()).to_string(), format!("for compiling{beside}")),
            (Count(summary.exits()).to_string(), "exits to the interpreter".to_string()),
            (given_up.to_string(), "loops and subs given up".to_string()),
        ];
        for (figure, meaning) in cards {
            writeln!(self.out, "<div class=\"card\"><b>{figure}</b><span>{meaning}</span></div>")?;
        }
        self.out.push_str("</section>\n");
        Ok(())
    }

    /// The whole time by tier.
    fn times(&mut self) -> fmt::Result {
        let times = self.summary.times;
        self.out.push_str("<section>\n<h2>Time per tier</h2>\n");
        if times.total().is_zero() {
            self.out.push_str("<p class=\"note\">The run was too short to be sampled.</p>\n</section>\n");
            return Ok(());
        }
        self.bar("bar big", &times, times.total())?;
        self.out.push_str("<ul class=\"legend\">\n");
        for usage in Use::ALL.into_iter().filter(|usage| !times.of(*usage).is_zero()) {
            writeln!(
                self.out,
                "<li><span class=\"dot {}\"></span>{}<b>{}</b><span>{}</span></li>",
                usage.class(),
                usage.name(),
                percent(times.of(usage), times.total()),
                Time(times.of(usage)),
            )?;
        }
        self.out.push_str("</ul>\n</section>\n");
        Ok(())
    }

    /// A bar of times, as long as they are of `whole`.
    fn bar(&mut self, class: &str, times: &Times, whole: Duration) -> fmt::Result {
        let share = |time: Duration| time.as_secs_f64() * 100.0 / whole.as_secs_f64().max(f64::MIN_POSITIVE);
        let used = || Use::ALL.into_iter().filter(|usage| !times.of(*usage).is_zero());
        let label: Vec<String> =
            used().map(|usage| format!("{}: {}", usage.name(), Time(times.of(usage)))).collect();
        write!(
            self.out,
            "<div class=\"{class}\" role=\"img\" aria-label=\"{0}\" title=\"{0}\">",
            label.join(", ")
        )?;
        for usage in used() {
            write!(
                self.out,
                "<i class=\"{}\" style=\"width:{:.2}%\"></i>",
                usage.class(),
                share(times.of(usage))
            )?;
        }
        self.out.push_str("</div>\n");
        Ok(())
    }

    /// Every loop and sub, with all that is known of it.
    fn regions(&mut self) -> fmt::Result {
        let summary = self.summary;
        self.out.push_str("<section>\n<h2>Loops and subs</h2>\n");
        if summary.regions.is_empty() {
            self.out.push_str("<p class=\"note\">None ran long enough to be noticed.</p>\n</section>\n");
            return Ok(());
        }
        self.out.push_str(
            "<p class=\"note\">Where the time was spent: in the loop or sub itself, with the loops and subs that \
             its native code contains.</p>\n<div class=\"wide\"><table>\n<tr><th>Place<th>Runs in<th>Time by tier\
             <th class=\"n\">Time<th class=\"n\">Share<th class=\"n\">Entries<th class=\"n\">Exits</tr>\n",
        );
        let longest = summary.regions.iter().map(|region| region.times.total()).max().unwrap_or_default();
        for region in summary.regions.iter().take(MAX_ROWS) {
            let codes: Vec<&Code> = region.codes.iter().filter_map(|id| summary.codes.get(id)).collect();
            self.out.push_str("<tr><td>");
            self.place(&region.place)?;
            self.details(region)?;
            self.out.push_str("<td>");
            self.tiers(region)?;
            self.out.push_str("<td>");
            self.bar("bar", &region.times, longest)?;
            let exits: u64 = codes.iter().flat_map(|code| &code.exits).map(|exit| exit.count).sum();
            writeln!(
                self.out,
                "<td class=\"n\">{}<td class=\"n\">{}<td class=\"n\">{}<td class=\"n\">{}</tr>",
                Time(region.times.total()),
                percent(region.times.total(), summary.times.total()),
                Count(codes.iter().map(|code| code.entries).sum()),
                Count(exits),
            )?;
        }
        self.out.push_str("</table></div>\n");
        if let Some(more) = summary.regions.len().checked_sub(MAX_ROWS).filter(|more| *more > 0) {
            writeln!(self.out, "<p class=\"note\">… and {more} more that took less.</p>")?;
        }
        self.out.push_str("</section>\n");
        Ok(())
    }

    /// A place: its line's text, and below it the source, the line and the sub.
    fn place(&mut self, place: &Frame) -> fmt::Result {
        if let Some(text) = self.texts.line(place) {
            writeln!(self.out, "<code class=\"text\">{}</code>", Escaped(shortened(text.trim())))?;
        }
        write!(self.out, "<div class=\"where\">{}", Escaped(&place.to_string()))?;
        if !place.name.is_empty() {
            write!(self.out, " in <code>{}</code>", Escaped(&place.name))?;
        }
        if place.line > 0 {
            write!(self.out, ", op {}", place.op_index)?;
        }
        self.out.push_str("</div>\n");
        Ok(())
    }

    /// The tiers that a region has code in.
    fn tiers(&mut self, region: &Region) -> fmt::Result {
        let tiers: BTreeSet<Use> = region.codes.iter().filter_map(|id| self.use_of(*id)).collect();
        for tier in &tiers {
            writeln!(self.out, "<span class=\"chip {}\">{}</span>", tier.class(), tier.name())?;
        }
        if tiers.is_empty() {
            self.out.push_str("<span class=\"chip interpreter\">interpreter</span>\n");
        }
        Ok(())
    }

    /// The tier of a piece of code.
    fn use_of(&self, id: CodeId) -> Option<Use> {
        let compiled = self.summary.codes.get(&id)?.compiled.as_ref()?;
        Some(Use::of_tier(compiled.tier))
    }

    /// What can be unfolded below a region's place.
    fn details(&mut self, region: &Region) -> fmt::Result {
        let summary = self.summary;
        if region.codes.is_empty() && region.aborts.is_empty() {
            return Ok(());
        }
        self.out.push_str("<details><summary>details</summary><ul class=\"facts\">\n");
        if let Some(count) = region.hot {
            let what = if region.is_loop == Some(false) { "calls" } else { "iterations" };
            writeln!(self.out, "<li>hot after {} {what}</li>", Count(count.into()))?;
        }
        let codes = || region.codes.iter().filter_map(|id| Some((*id, summary.codes.get(id)?)));
        for (id, code) in codes().filter(|(_, code)| code.evicted.is_none()) {
            self.code(id, code)?;
        }
        let dropped: Vec<(CodeId, &Code)> = codes().filter(|(_, code)| code.evicted.is_some()).collect();
        for group in dropped.chunk_by(|(_, one), (_, next)| one.evicted == next.evicted) {
            self.dropped(group)?;
        }
        for abort in &region.aborts {
            writeln!(
                self.out,
                "<li>given up by the {}: <b>{}</b>, at {}{}</li>",
                Use::of_tier(abort.tier).name(),
                Escaped(&abort.reason),
                Escaped(&abort.at.to_string()),
                if abort.last { ", for good" } else { "" }
            )?;
        }
        self.out.push_str("</ul></details>\n");
        Ok(())
    }

    /// One piece of native code, in a list.
    fn code(&mut self, id: CodeId, code: &Code) -> fmt::Result {
        write!(self.out, "<li id=\"code-{id}\"><b>#{id}</b> ")?;
        match &code.compiled {
            None => self.out.push_str("compiled before this run"),
            Some(compiled) => {
                let what = match (code.parent, compiled.is_loop) {
                    (Some((parent, exit)), _) => format!("side trace of #{parent}, exit {exit}"),
                    (None, true) => "loop".to_string(),
                    (None, false) => "whole body".to_string(),
                };
                write!(self.out, "{}, {what}", Use::of_tier(compiled.tier).name())?;
                if !compiled.entry.is_empty() {
                    write!(self.out, " for ({})", kinds_in_words(&compiled.entry))?;
                }
                write!(
                    self.out,
                    ": {} instructions became {} bytes in {}",
                    Count(compiled.instructions.into()),
                    Count(compiled.bytes as u64),
                    Time(compiled.time)
                )?;
                self.out.push_str(match (compiled.cached, compiled.background) {
                    (true, _) => ", from the cache",
                    (false, true) => ", beside the program",
                    (false, false) => "",
                });
            }
        }
        match code.entries {
            0 => self.out.push_str("; never entered from the interpreter"),
            1 => self.out.push_str("; entered once"),
            entries => write!(self.out, "; entered {} times", Count(entries))?,
        }
        self.out.push_str("</li>\n");
        Ok(())
    }

    /// Native code that was dropped for one reason, in a list.
    fn dropped(&mut self, codes: &[(CodeId, &Code)]) -> fmt::Result {
        let versions = if codes.len() == 1 { "earlier version" } else { "earlier versions" };
        write!(self.out, "<li>{} {versions} dropped (", codes.len())?;
        for (index, (id, _)) in codes.iter().enumerate() {
            write!(self.out, "{}<span id=\"code-{id}\">#{id}</span>", if index > 0 { ", " } else { "" })?;
        }
        let reason = codes.first().and_then(|(_, code)| code.evicted.as_deref()).unwrap_or_default();
        let compiled = codes.iter().filter_map(|(_, code)| code.compiled.as_ref());
        let time = compiled.map(|compiled| compiled.time).sum();
        let entries = codes.iter().map(|(_, code)| code.entries).sum();
        writeln!(
            self.out,
            "): {}; compiled in {}, entered {} times</li>",
            Escaped(reason),
            Time(time),
            Count(entries)
        )
    }

    /// The text of the program, with what happened at its lines.
    fn sources(&mut self) -> fmt::Result {
        for (name, lines) in &self.texts.0 {
            let marks = self.marks(name);
            if marks.is_empty() {
                continue;
            }
            write!(
                self.out,
                "<section>\n<h2>{}</h2>\n<p class=\"note\">Time of the loops and subs that begin at a line, native \
                 code that begins there, and exits of native code that the interpreter took up there.</p>\n\
                 <div class=\"source\"><table>\n",
                Escaped(name)
            )?;
            let longest = marks.values().map(|mark| mark.times.total()).max().unwrap_or_default();
            let shown: BTreeSet<usize> = marks
                .keys()
                .flat_map(|line| line.saturating_sub(CONTEXT).max(1)..=(line + CONTEXT).min(lines.len()))
                .collect();
            let mut expected = 1;
            for line in shown {
                self.gap(line - expected)?;
                expected = line + 1;
                self.line(line, &lines[line - 1], marks.get(&line), longest)?;
            }
            self.gap(lines.len() + 1 - expected)?;
            self.out.push_str("</table></div>\n</section>\n");
        }
        Ok(())
    }

    /// What there is to tell of the lines of a source.
    fn marks(&self, source: &str) -> BTreeMap<usize, Mark> {
        let mut marks: BTreeMap<usize, Mark> = BTreeMap::new();
        let known = self.texts.0.get(source).map_or(0, Vec::len);
        let is_here =
            |place: &Frame| place.source == source && place.line > 0 && place.line as usize <= known;
        for region in self.summary.regions.iter().filter(|region| is_here(&region.place)) {
            let mark = marks.entry(region.place.line as usize).or_default();
            mark.times.add_all(&region.times);
            mark.is_given_up |= is_given_up(region);
        }
        for (id, code) in self.summary.codes.iter().filter(|(_, code)| code.evicted.is_none()) {
            if let Some(place) = code.place.as_ref().filter(|place| is_here(place)) {
                marks.entry(place.line as usize).or_default().codes.push(*id);
            }
        }
        for exit in self.summary.codes.values().flat_map(|code| &code.exits) {
            if is_here(&exit.at) {
                marks.entry(exit.at.line as usize).or_default().exits += exit.count;
            }
        }
        marks
    }

    /// Lines that are left out.
    fn gap(&mut self, lines: usize) -> fmt::Result {
        match lines {
            0 => Ok(()),
            1 => writeln!(self.out, "<tr class=\"gap\"><td colspan=\"5\">⋯ 1 line</td></tr>"),
            lines => writeln!(self.out, "<tr class=\"gap\"><td colspan=\"5\">⋯ {lines} lines</td></tr>"),
        }
    }

    /// A line of the text.
    fn line(&mut self, number: usize, text: &str, mark: Option<&Mark>, longest: Duration) -> fmt::Result {
        let class =
            if mark.is_some_and(|mark| !mark.times.total().is_zero()) { " class=\"hot\"" } else { "" };
        write!(self.out, "<tr{class}><td class=\"num mono\">{number}<td class=\"heat\">")?;
        let time = mark.map(|mark| mark.times.total()).filter(|time| !time.is_zero());
        if let (Some(mark), Some(_)) = (mark, time) {
            self.bar("bar", &mark.times, longest)?;
        }
        let time = time.map(|time| Time(time).to_string()).unwrap_or_default();
        write!(self.out, "<td class=\"ms\">{time}<td><code>{}</code><td class=\"marks\">", Escaped(text))?;
        if let Some(mark) = mark {
            for id in &mark.codes {
                let usage = self.use_of(*id).unwrap_or(Use::Block);
                write!(self.out, "<a class=\"chip {}\" href=\"#code-{id}\">#{id}</a>", usage.class())?;
            }
            if mark.is_given_up {
                self.out.push_str("<span class=\"chip interpreter\">not compiled</span>");
            }
            if mark.exits > 0 {
                let plural = if mark.exits == 1 { "exit" } else { "exits" };
                write!(self.out, "<span class=\"chip exit\">{} {plural}</span>", Count(mark.exits))?;
            }
        }
        self.out.push_str("</tr>\n");
        Ok(())
    }

    /// The exits, most taken first; those of several versions of some code together.
    fn exits(&mut self) -> fmt::Result {
        let mut exits: Vec<Exits> = Vec::new();
        for (id, code) in &self.summary.codes {
            for exit in &code.exits {
                let is_same = |known: &&mut Exits| known.at == &exit.at && known.reason == exit.reason;
                match exits.iter_mut().find(is_same) {
                    Some(known) => {
                        known.count += exit.count;
                        known.codes.push(*id);
                    }
                    None => exits.push(Exits {
                        at: &exit.at,
                        reason: &exit.reason,
                        count: exit.count,
                        codes: vec![*id],
                    }),
                }
            }
        }
        exits.sort_by_key(|exit| std::cmp::Reverse(exit.count));
        self.out.push_str("<section>\n<h2>Exits</h2>\n");
        if exits.is_empty() {
            self.out.push_str(
                "<p class=\"note\">Native code was never left for the interpreter.</p>\n</section>\n",
            );
            return Ok(());
        }
        self.out.push_str(
            "<p class=\"note\">How often native code was left for the interpreter, where that went on, and \
             why.</p>\n<div class=\"wide\"><table>\n<tr><th class=\"n\">Times<th>To<th>Why<th>From</tr>\n",
        );
        for exit in exits.iter().take(MAX_ROWS) {
            write!(self.out, "<tr><td class=\"n\">{}<td>", Count(exit.count))?;
            self.place(exit.at)?;
            write!(self.out, "<td class=\"reason\">{}<td>", Escaped(exit.reason))?;
            for id in &exit.codes {
                let class = self.use_of(*id).unwrap_or(Use::Block).class();
                write!(self.out, "<a class=\"chip {class}\" href=\"#code-{id}\">#{id}</a>")?;
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</table></div>\n");
        if let Some(more) = exits.len().checked_sub(MAX_ROWS).filter(|more| *more > 0) {
            writeln!(self.out, "<p class=\"note\">… and {more} more that were taken less often.</p>")?;
        }
        self.out.push_str("</section>\n");
        Ok(())
    }

    /// What the interpreter runs, and why.
    fn not_compiled(&mut self) -> fmt::Result {
        let summary = self.summary;
        let mut interpreted =
            summary.regions.iter().filter_map(|region| Some((region, region.why_interpreted()?))).peekable();
        if interpreted.peek().is_none() {
            return Ok(());
        }
        self.out.push_str(
            "<section>\n<h2>Not compiled</h2>\n<div class=\"wide\"><table>\n\
             <tr><th>Place<th>Why<th class=\"n\">Time</tr>\n",
        );
        for (region, reason) in interpreted.take(MAX_ROWS) {
            self.out.push_str("<tr><td>");
            self.place(&region.place)?;
            let time = Time(region.times.total());
            write!(self.out, "<td class=\"reason\">{}", Escaped(&reason))?;
            if let Some(abort) = region.aborts.last().filter(|abort| abort.at != region.place) {
                write!(self.out, "<div class=\"where\">at {}</div>", Escaped(&abort.at.to_string()))?;
            }
            writeln!(self.out, "<td class=\"n\">{time}</tr>")?;
        }
        self.out.push_str("</table></div>\n</section>\n");
        Ok(())
    }

    /// Every event, as `--jit-log` writes it.
    fn log(&mut self, events: &[Event]) -> fmt::Result {
        self.out.push_str(
            "<section>\n<h2>What happened</h2>\n<details><summary>the log, in order</summary>\n<pre class=\"log\">",
        );
        for event in events {
            writeln!(self.out, "{}", Escaped(&event.to_string()))?;
        }
        self.out.push_str("</pre>\n</details>\n");
        self.policy()?;
        self.out.push_str("</section>\n");
        Ok(())
    }

    /// The figures by which the tiers decide.
    fn policy(&mut self) -> fmt::Result {
        self.out.push_str(
            "<details><summary>the figures that decide when what is compiled</summary>\n\
             <div class=\"wide\"><table>\n<tr><th>Figure<th class=\"n\">Value<th>Reason</tr>\n",
        );
        for (name, value, reason) in policy::TABLE {
            writeln!(
                self.out,
                "<tr><td><code>{name}</code><td class=\"n\">{}<td>{}</tr>",
                Count(*value),
                Escaped(reason.trim())
            )?;
        }
        self.out.push_str("</table></div>\n</details>\n");
        Ok(())
    }
}

/// Exits to one place for one reason.
struct Exits<'a> {
    at: &'a Frame,
    reason: &'a str,
    count: u64,
    codes: Vec<CodeId>,
}

/// What there is to tell of a line.
#[derive(Default)]
struct Mark {
    times: Times,
    codes: Vec<CodeId>,
    is_given_up: bool,
    exits: u64,
}

/// Whether a region was to be compiled and is not.
fn is_given_up(region: &Region) -> bool {
    region.codes.is_empty() && region.awaited.is_none() && !region.aborts.is_empty()
}

/// A text of one line, or as much of it as helps.
fn shortened(text: &str) -> &str {
    const MOST: usize = 160;
    text.char_indices().nth(MOST).map_or(text, |(end, _)| &text[..end])
}

fn percent(part: Duration, whole: Duration) -> String {
    if whole.is_zero() {
        return "–".to_string();
    }
    let percent = part.as_secs_f64() * 100.0 / whole.as_secs_f64();
    if percent > 0.0 && percent < 1.0 { "< 1 %".to_string() } else { format!("{percent:.0} %") }
}

/// A time with three digits or so.
struct Time(Duration);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_secs_f64() * 1000.0;
        match milliseconds {
            0.0 => f.write_str("–"),
            ..1.0 => write!(f, "{milliseconds:.2} ms"),
            1.0..100.0 => write!(f, "{milliseconds:.1} ms"),
            100.0..1000.0 => write!(f, "{milliseconds:.0} ms"),
            _ => write!(f, "{:.2} s", milliseconds / 1000.0),
        }
    }
}

/// A number with its digits in groups; a dash for none.
struct Count(u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("–");
        }
        let digits = self.0.to_string();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                f.write_char(',')?;
            }
            f.write_char(digit)?;
        }
        Ok(())
    }
}

/// A text as HTML.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
