//! From files and overrides to one tree: `extends` chains and `--set path=value`, laid over each other.

use super::diagnostic::Problems;
use super::input::{Input, Layering};
use super::node::{self, Entry, MAX_DEPTH, Node, NodeKind};
use super::parts::ScenarioIn;
use super::source::{MAX_SCENARIO, SourceText, Sources, TextSpan, folder_of};
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// Longest chain of `extends`.
const LONGEST_CHAIN: usize = 32;
/// Keys that belong to a file and not to those that extend it.
const OWN: [&str; 6] = ["name", "title", "description", "author", "date", "baseline"];

/// Changes to a scenario that the command line makes. They stand above what files say, `sets` first,
/// then the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Any values, as `path=value`: `class.biometric.rate="100 per hour"`. A value is TOML; what is not
    /// TOML is taken as a text.
    pub sets: Vec<String>,
    /// The same, of one option alone: above `sets`.
    pub vary: Vec<String>,
    /// Replications in the place of `run.replications`.
    pub replications: Option<u32>,
    /// Root of all randomness in the place of `run.seed`.
    pub seed: Option<u64>,
    /// `run.horizon`, such as `4 weeks`.
    pub horizon: Option<String>,
}

/// Reads the file, what it extends, and the overrides. Nothing comes back when a file cannot be read or
/// is not TOML; then `cx` says so.
pub(crate) fn assemble(
    path: &Path,
    overrides: &Overrides,
    sources: &mut Sources,
    cx: &mut Problems,
) -> Option<Node> {
    let mut layers = chain(path, sources, cx)?;
    let mut root = layers.pop()?;
    while let Some(over) = layers.pop() {
        if let NodeKind::Table(table) = &mut root.kind {
            table.retain(|key, _| !OWN.contains(&key));
        }
        ScenarioIn::merge(&mut root, over, Layering::Extends, cx);
    }
    for (option, sets) in [("--set", &overrides.sets), ("--vary", &overrides.vary)] {
        for set in sets {
            apply(&mut root, &format!("{option} {set}"), set, path, sources, cx);
        }
    }
    let run = [
        ("--replications", "replications", overrides.replications.map(|n| n.to_string())),
        ("--seed", "seed", overrides.seed.map(|n| n.to_string())),
        ("--horizon", "horizon", overrides.horizon.clone()),
    ];
    for (option, key, value) in run {
        if let Some(value) = value {
            let text = format!("run.{key}={value}");
            apply(&mut root, &format!("{option} {value}"), &text, path, sources, cx);
        }
    }
    Some(root)
}

/// The file, then what it extends, then what that extends.
fn chain(path: &Path, sources: &mut Sources, cx: &mut Problems) -> Option<Vec<Node>> {
    let mut layers = Vec::new();
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut next = Some((path.to_path_buf(), TextSpan::NONE));
    let mut whole = true;
    while let Some((path, place)) = next.take() {
        let real = sources.identity(&path);
        if seen.contains(&real) {
            cx.error(place, format!("`extends` goes round in a circle: {} extends itself", path.display()));
            return None;
        }
        if seen.len() >= LONGEST_CHAIN {
            cx.error(place, format!("more than {LONGEST_CHAIN} files extend each other"));
            return None;
        }
        seen.push(real);
        let text = match sources.text(&path, MAX_SCENARIO) {
            Ok(text) => text,
            Err(why) => {
                cx.error(place, why);
                return None;
            }
        };
        let source = sources.add(SourceText::file(&path, &text));
        let Some(node) = parse(source, sources, cx) else {
            whole = false;
            break;
        };
        if let NodeKind::Table(table) = &node.kind
            && let Some(entry) = table.get("extends")
        {
            match entry.value.text() {
                Some(file) => next = Some((folder_of(&path).join(file), entry.value.place)),
                None => {
                    cx.error(
                        entry.value.place,
                        format!("expected a file's name, found {}", entry.value.describe()),
                    );
                    whole = false;
                }
            }
        }
        layers.push(without_extends(node));
    }
    whole.then_some(layers)
}

fn without_extends(mut node: Node) -> Node {
    if let NodeKind::Table(table) = &mut node.kind {
        table.remove("extends");
    }
    node
}

/// Parses a source; syntax errors go to `cx`, all of them.
pub(crate) fn parse(source: u32, sources: &Sources, cx: &mut Problems) -> Option<Node> {
    let place = |span: Option<std::ops::Range<usize>>| {
        let span = span.unwrap_or(0..0);
        TextSpan { source, start: span.start as u32, end: span.end as u32 }
    };
    let text = &sources.get(place(None))?.text;
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let note = cx.error(place(error.span()), format!("not valid TOML: {}", error.message()));
        if let Some(help) = error.span().and_then(|s| text.get(s)).and_then(unquoted) {
            note.help(help);
        }
    }
    errors.is_empty().then(|| node::from_table(&table, source))
}

/// What to write for a value that stands without quotes.
fn unquoted(text: &str) -> Option<String> {
    let begins = text.starts_with(|c: char| c.is_ascii_digit());
    if begins && text.ends_with('%') {
        return super::synonyms::number_for(text);
    }
    (begins && text.len() < 40 && !text.contains(['\n', '"']))
        .then(|| format!("write it in quotes: \"{text}\""))
}

/// Lays one `path=value` over the tree.
fn apply(root: &mut Node, name: &str, text: &str, beside: &Path, sources: &mut Sources, cx: &mut Problems) {
    let source = sources.add(SourceText::pseudo(name.to_owned(), text.to_owned(), beside));
    let place = |start: usize, end: usize| TextSpan { source, start: start as u32, end: end as u32 };
    let (path, value_at) = match split_path(text) {
        Ok(split) => split,
        Err(why) => {
            cx.error(place(0, text.len()), why).help("an override is written path=value, such as run.seed=3");
            return;
        }
    };
    if path.len() > MAX_DEPTH {
        cx.error(place(0, value_at), format!("the path has more than {MAX_DEPTH} parts"));
        return;
    }
    if path.len() == 1 && path[0].0 == "extends" {
        cx.error(place(0, value_at - 1), "`extends` cannot be overridden");
        return;
    }
    let Some(value) = value(text, value_at, source, cx) else { return };
    // A table on the way has the place of its own key, by which `Named` knows that it is only passed.
    let mut keys: Vec<TextSpan> = path.iter().map(|(_, start, end)| place(*start, *end)).collect();
    let mut over = value;
    for (part, ..) in path.into_iter().rev() {
        let mut table = node::Table::new();
        let key = keys.pop().unwrap_or(TextSpan::NONE);
        table.insert(part, Entry { key, value: over });
        over = Node { place: keys.last().copied().unwrap_or(key), kind: NodeKind::Table(table) };
    }
    ScenarioIn::merge(root, over, Layering::Set, cx);
}

/// The value after the `=`: TOML, or else the text as it stands.
pub(crate) fn value(text: &str, at: usize, source: u32, cx: &mut Problems) -> Option<Node> {
    let raw = &text[at..];
    let start = at + (raw.len() - raw.trim_start().len());
    let trimmed = raw.trim();
    let place = TextSpan { source, start: start as u32, end: (start + trimmed.len()) as u32 };
    let (parsed, errors) = DeValue::parse_recoverable(trimmed);
    let Some(first) = errors.first() else { return Some(node::from_value(&parsed, source, start)) };
    if trimmed.starts_with(['[', '{', '"', '\'']) {
        let span = first.span().unwrap_or(0..trimmed.len());
        let place = TextSpan { source, start: (start + span.start) as u32, end: (start + span.end) as u32 };
        cx.error(place, format!("not valid TOML: {}", first.message()));
        return None;
    }
    Some(Node { place, kind: NodeKind::String(trimmed.to_owned()) })
}

/// A part of an override's path: its text, and the bytes from and to which it is written.
type PathPart = (String, usize, usize);

/// Splits an override's path into its parts, and says where the value begins.
/// Parts may be quoted.
fn split_path(text: &str) -> Result<(Vec<PathPart>, usize), String> {
    let mut parts = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let (part, length) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner =
                    rest[1..].find(quote).ok_or_else(|| format!("the quote {quote} is not closed"))?;
                (rest[1..=inner].to_owned(), inner + 2)
            }
            _ => {
                let end = rest.find(['.', '=']).ok_or("there is no `=`")?;
                (rest[..end].trim().to_owned(), end)
            }
        };
        if part.is_empty() {
            return Err("a part of the path is empty".to_owned());
        }
        parts.push((part, at, at + length));
        at += length;
        match text[at..].chars().next() {
            Some('.') => at += 1,
            Some('=') => return Ok((parts, at + 1)),
            Some(_) => return Err("after a quoted part comes `.` or `=`".to_owned()),
            None => return Err("there is no `=`".to_owned()),
        }
    }
}
