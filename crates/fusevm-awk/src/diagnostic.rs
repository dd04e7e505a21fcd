//! Errors and warnings about a program's text, and how they are shown: the message, the file and line, the
//! offending text with a caret under it.

use crate::classic::{Classic, Form, Told};
use crate::source::{Part, Source, Span};
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

/// How serious a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The program cannot run.
    Error,
    /// The program runs, but probably not as meant.
    Warning,
}

/// One thing that is wrong with a program, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the program can still run.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// The offending text.
    pub span: Span,
    /// What the caret under the offending text says.
    pub label: Option<String>,
    /// Other places that explain it, each with its own words.
    pub related: Vec<(Span, String)>,
    /// How to mend it.
    pub help: Option<String>,
    /// How gawk puts it: any number of lines.
    pub(crate) classic: Vec<Classic>,
    /// Whether nobody is shown it who does not ask for gawk's words: there are better ones elsewhere.
    pub is_classic_only: bool,
}

impl Diagnostic {
    /// An error at `span`.
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            message: message.into(),
            span,
            label: None,
            related: Vec::new(),
            help: None,
            classic: vec![Classic::new(Form::Caret, "syntax error")],
            is_classic_only: false,
        }
    }

    /// A warning at `span`.
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        let classic = vec![Classic::new(Form::Line, format!("warning: {message}"))];
        Diagnostic { severity: Severity::Warning, classic, ..Self::error(span, message) }
    }

    /// What only gawk tells.
    pub(crate) fn classic_only(span: Span, form: Form, text: impl Into<Vec<u8>>) -> Self {
        let text = text.into();
        let words = text.strip_prefix(b"warning: ").unwrap_or(&text);
        let message = String::from_utf8_lossy(words).into_owned();
        Diagnostic { is_classic_only: true, ..Self::warning(span, message).classic(form, text) }
    }

    /// Says how gawk puts it.
    pub(crate) fn classic(mut self, form: Form, text: impl Into<Vec<u8>>) -> Self {
        self.classic = vec![Classic::new(form, text)];
        self
    }

    /// Says how gawk puts it, in a line of its own.
    pub(crate) fn classic_line(self, text: impl Into<Vec<u8>>) -> Self {
        self.classic(Form::Line, text)
    }

    /// Says how gawk puts it, beside a caret.
    pub(crate) fn classic_caret(self, text: impl Into<Vec<u8>>) -> Self {
        self.classic(Form::Caret, text)
    }

    /// Says that gawk has the place of this at another offset.
    pub(crate) fn classic_at(mut self, offset: u32) -> Self {
        self.classic.iter_mut().for_each(|classic| classic.at = Some(offset));
        self
    }

    /// Says that gawk tells nothing of it.
    pub(crate) fn not_classic(mut self) -> Self {
        self.classic.clear();
        self
    }

    /// Says when gawk tells it.
    pub(crate) fn classic_told(mut self, told: Told) -> Self {
        self.classic.iter_mut().for_each(|classic| classic.told = Some(told));
        self
    }

    /// Whether gawk gives up at once with its status for fatal errors.
    pub(crate) fn is_fatal(&self) -> bool {
        self.classic.iter().any(|classic| classic.form == Form::Fatal)
    }

    /// Adds the words beside the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds another place that explains the error.
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// Adds advice.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The diagnostic as text for people, several lines, ending in a newline. `color` asks for terminal escapes.
    pub fn render(&self, source: &Source, color: bool) -> String {
        let title = match self.severity {
            Severity::Error => Level::ERROR.primary_title(self.message.as_str()),
            Severity::Warning => Level::WARNING.primary_title(self.message.as_str()),
        };
        let mut group = Group::with_title(title);
        for snippet in self.snippets(source) {
            group = group.element(snippet);
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut text = renderer.render(&[group]);
        text.push('\n');
        text
    }

    /// One excerpt for each file that the primary place and the related places lie in, the primary first.
    fn snippets<'a>(&'a self, source: &'a Source) -> Vec<Snippet<'a, Annotation<'a>>> {
        let primary = (self.span, self.label.as_deref().unwrap_or(""), AnnotationKind::Primary);
        let related =
            self.related.iter().map(|(span, label)| (*span, label.as_str(), AnnotationKind::Context));
        let mut excerpts: Vec<Excerpt<'a>> = Vec::new();
        for mark in std::iter::once(primary).chain(related) {
            let Some(part) = source.part_of(mark.0.start) else { continue };
            match excerpts.iter_mut().find(|excerpt| excerpt.part.start == part.start) {
                Some(excerpt) => excerpt.marks.push(mark),
                None => excerpts.push(Excerpt { part, marks: vec![mark] }),
            }
        }
        excerpts.iter().map(Excerpt::snippet).collect()
    }
}

/// The places of a message in one file.
struct Excerpt<'a> {
    part: Part<'a>,
    marks: Vec<(Span, &'a str, AnnotationKind)>,
}

impl<'a> Excerpt<'a> {
    /// The lines from the first place to the last: a program may be large, and have many messages.
    fn snippet(&self) -> Snippet<'a, Annotation<'a>> {
        let Part { name, text, start, first_line, .. } = self.part;
        let within = |offset: u32| (offset as usize).clamp(start, start + text.len()) - start;
        let first = self.marks.iter().map(|(span, ..)| within(span.start)).min().unwrap_or(0);
        let last = self.marks.iter().map(|(span, ..)| within(span.end)).max().unwrap_or(0).max(first);
        let from = memchr::memrchr(b'\n', &text[..first]).map_or(0, |at| at + 1);
        let to = memchr::memchr(b'\n', &text[last..]).map_or(text.len(), |at| last + at + 1);
        let line = first_line as usize + memchr::memchr_iter(b'\n', &text[..from]).count();
        // Every byte that is not UTF-8 is replaced, which moves what follows it.
        let shown = |offset: u32| String::from_utf8_lossy(&text[from..within(offset)]).len();
        let snippet = Snippet::source(String::from_utf8_lossy(&text[from..to])).path(name).line_start(line);
        self.marks.iter().fold(snippet, |snippet, (span, label, kind)| {
            let begin = shown(span.start);
            snippet.annotation(kind.span(begin..shown(span.end).max(begin)).label(*label))
        })
    }
}
