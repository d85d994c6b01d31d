//! What is wrong with a scenario, shown as a compiler shows it.

use super::source::{SourceText, Sources, TextSpan};
use super::uncertain::NotedInput;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::collections::HashSet;
use std::fmt::{self, Display, Write as _};
use thiserror::Error;

/// So many are kept; the rest are counted.
const MOST: usize = 200;
/// Lines longer than this are not shown, only located.
const LONGEST_LINE: usize = 2_000;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario cannot run.
    Error,
    /// It runs, but somebody should know.
    Warning,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Where, if it has a place.
    pub location: Option<Location>,
    /// What to do about it, what is allowed, the nearest valid name.
    pub help: Vec<String>,
    label: String,
    order: TextSpan,
}

/// A place in a text, with the text around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// The file, or `--set path=value` for an override.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// The line's text and the marked bytes in it; none where the line is too long to show.
    shown: Option<(String, std::ops::Range<usize>)>,
}

impl Diagnostic {
    /// What stands beside the underlined text; may be empty.
    pub fn hint(&self) -> &str {
        &self.label
    }

    /// Adds what stands beside the underlined text.
    pub(crate) fn label(&mut self, text: impl Into<String>) -> &mut Self {
        self.label = text.into();
        self
    }

    /// Adds a line of help.
    pub(crate) fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help.push(text.into());
        self
    }

    /// Adds the nearest of the valid names, and the names if they are few.
    pub(crate) fn names<'a>(&mut self, wrong: &str, valid: impl IntoIterator<Item = &'a str>) -> &mut Self {
        let valid: Vec<&str> = valid.into_iter().collect();
        if let Some(near) = nearest(wrong, &valid) {
            self.label(format!("did you mean `{near}`?"));
        }
        match valid.len() {
            0 => self,
            1..=48 => self.help(format!("allowed: {}", list(&valid))),
            n => self.help(format!("there are {n} valid names")),
        }
    }

    fn render(&self, renderer: &Renderer) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(self.message.as_str());
        let mut group = match &self.location {
            None => Group::with_title(title),
            Some(Location { file, line, column, shown: None }) => {
                title.element(Origin::path(file.as_str()).line(*line).char_column(*column))
            }
            Some(Location { file, line, shown: Some((text, span)), .. }) => {
                let mut mark = AnnotationKind::Primary.span(span.clone());
                if !self.label.is_empty() {
                    mark = mark.label(self.label.as_str());
                }
                title.element(
                    Snippet::source(text.as_str()).line_start(*line).path(file.as_str()).annotation(mark),
                )
            }
        };
        if !self.label.is_empty() && self.location.as_ref().is_none_or(|l| l.shown.is_none()) {
            group = group.element(Level::HELP.message(self.label.as_str()));
        }
        for help in &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer.render(&[group])
    }
}

impl Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(l) = &self.location {
            write!(f, "{}:{}:{}: ", l.file, l.line, l.column)?;
        }
        f.write_str(match self.severity {
            Severity::Error => "error: ",
            Severity::Warning => "warning: ",
        })?;
        f.write_str(&self.message)?;
        for text in std::iter::once(&self.label).chain(&self.help).filter(|t| !t.is_empty()) {
            write!(f, "; {text}")?;
        }
        Ok(())
    }
}

/// All that is wrong with a scenario.
#[derive(Debug, Clone, Default, PartialEq, Error)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
    more: usize,
}

impl Diagnostics {
    /// One error or warning, about a place.
    pub(crate) fn one(severity: Severity, location: Option<Location>, message: String, help: &str) -> Self {
        let help = vec![help.to_owned()];
        let item =
            Diagnostic { severity, message, location, help, label: String::new(), order: TextSpan::NONE };
        Self { items: vec![item], more: 0 }
    }

    /// Each, in the order of the texts.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.items.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len() + self.more
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|d| d.severity == Severity::Error)
    }

    /// For the terminal: file, line, column, the text underlined, what is allowed. Ends with a line
    /// break unless empty.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let mut out = String::new();
        for (i, item) in self.items.iter().enumerate() {
            if i > 0 {
                out.push('\n');
            }
            out.push_str(item.render(&renderer).trim_end());
            out.push('\n');
        }
        if self.more > 0 {
            let _ = writeln!(out, "\nand {} more", self.more);
        }
        out
    }
}

impl Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, item) in self.items.iter().enumerate() {
            if i > 0 {
                f.write_char('\n')?;
            }
            item.fmt(f)?;
        }
        if self.more > 0 {
            write!(f, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

/// What is wrong with a file as a whole: a scenario beside others.
pub fn about_file(path: &std::path::Path, message: impl Into<String>, help: &str) -> Diagnostics {
    let mut cx = Problems::of(path);
    let note = cx.error(TextSpan::NONE, message);
    if !help.is_empty() {
        note.help(help);
    }
    cx.finish(&Sources::default())
}

/// What is wrong with the value of an option of the command line, which is drawn as it was written.
pub fn about_option(option: &str, value: &str, message: impl Into<String>, help: &str) -> Diagnostics {
    let mut sources = Sources::default();
    let text = format!("{option} {value}");
    let end = text.len() as u32;
    let source = sources.add(SourceText::pseudo(option.to_owned(), text, std::path::Path::new("")));
    let mut cx = Problems::default();
    let note = cx.error(TextSpan { source, start: option.len() as u32 + 1, end }, message);
    if !help.is_empty() {
        note.help(help);
    }
    cx.finish(&sources)
}

/// Collects what is wrong while a scenario is read.
#[derive(Debug, Default)]
pub struct Problems {
    list: Vec<Diagnostic>,
    /// Tables and lists of which a part could not be read.
    spoilt: HashSet<TextSpan>,
    /// Uncertain numbers that were read.
    pub uncertain: Vec<NotedInput>,
    /// The scenario's file: the place of what is wrong with it as a whole.
    file: String,
}

impl Problems {
    /// Of a file.
    pub(crate) fn of(path: &std::path::Path) -> Self {
        Self { file: path.display().to_string(), ..Self::default() }
    }

    /// Notes an error.
    pub(crate) fn error(&mut self, place: TextSpan, message: impl Into<String>) -> &mut Diagnostic {
        self.note(Severity::Error, place, message.into())
    }

    /// Notes a warning.
    pub(crate) fn warning(&mut self, place: TextSpan, message: impl Into<String>) -> &mut Diagnostic {
        self.note(Severity::Warning, place, message.into())
    }

    fn note(&mut self, severity: Severity, order: TextSpan, message: String) -> &mut Diagnostic {
        let item =
            Diagnostic { severity, message, location: None, help: Vec::new(), label: String::new(), order };
        self.list.push(item);
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// How many errors there are.
    pub(crate) fn errors(&self) -> usize {
        self.list.iter().filter(|d| d.severity == Severity::Error).count()
    }

    /// Whether there is an error among them.
    pub(crate) fn any_error(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Notes that a part of the table or list at this place could not be read, so that what follows from
    /// the lack of it is not worth saying.
    pub(crate) fn spoil(&mut self, place: TextSpan) {
        self.spoilt.insert(place);
    }

    /// Whether all of the table or list at this place could be read.
    pub(crate) fn intact(&self, place: TextSpan) -> bool {
        !self.spoilt.contains(&place)
    }

    /// The list for the user: errors, or else warnings, in the order of the texts, each once, with its
    /// place. (A warning may well follow from an error.)
    pub(crate) fn finish(mut self, sources: &Sources) -> Diagnostics {
        if self.any_error() {
            self.list.retain(|d| d.severity == Severity::Error);
        }
        self.list.sort_by_key(|d| d.order);
        self.list.dedup_by(|a, b| a.message == b.message && a.order == b.order);
        let more = self.list.len().saturating_sub(MOST);
        self.list.truncate(MOST);
        for item in &mut self.list {
            item.location = locate(sources, item.order).or_else(|| start_of(&self.file));
        }
        Diagnostics { items: self.list, more }
    }
}

/// The beginning of a file, where nothing in it is to blame.
pub(crate) fn start_of(file: &str) -> Option<Location> {
    (!file.is_empty()).then(|| Location { file: file.to_owned(), line: 1, column: 1, shown: None })
}

/// A place as it is shown; none where it is in no text.
pub(crate) fn locate(sources: &Sources, place: TextSpan) -> Option<Location> {
    let source = sources.get(place)?;
    let text = source.text.as_str();
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (floor(place.start as usize), floor(place.end as usize));
    let (line, line_start) = source.line(start);
    let line_end = source.line_end(line).max(start);
    let column = text[line_start..start].chars().count() + 1;
    // A mark over several lines is cut to its first: enough to find it.
    let shown = (line_end - line_start <= LONGEST_LINE).then(|| {
        let span = start - line_start..end.clamp(start, line_end) - line_start;
        (text[line_start..line_end].trim_end_matches('\r').to_owned(), span)
    });
    let shown = shown.map(|(text, span)| {
        let range = span.start.min(text.len())..span.end.min(text.len());
        (text, range)
    });
    Some(Location { file: source.name.clone(), line, column, shown })
}

/// The valid name nearest to a wrong one, if any is near.
pub fn nearest<'a>(wrong: &str, valid: &[&'a str]) -> Option<&'a str> {
    let wrong: String = wrong.chars().take(64).collect::<String>().to_lowercase();
    // Jaro and Winkler's measure likes a common beginning; a swap or slip of one letter counts too.
    let score = |name: &str| {
        let name = name.to_lowercase();
        let slip = if strsim::osa_distance(&wrong, &name) <= 1 { 0.79 } else { 0.0 };
        strsim::jaro_winkler(&wrong, &name).max(slip)
    };
    let best = valid.iter().map(|n| (score(n), *n)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= 0.78).then_some(best.1)
}

/// Names in backquotes with commas.
pub(crate) fn list<S: AsRef<str>>(names: &[S]) -> String {
    names.iter().map(|n| format!("`{}`", n.as_ref())).collect::<Vec<_>>().join(", ")
}

/// The first few names, and how many more.
pub(crate) fn few<S: AsRef<str>>(names: &[S], most: usize) -> String {
    if names.len() <= most + 1 {
        return list(names);
    }
    format!("{} and {} more", list(&names[..most]), names.len() - most)
}
