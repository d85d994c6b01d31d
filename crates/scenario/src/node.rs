//! A scenario as a tree of values that know where they were written.

use super::source::TextSpan;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::map::Map;
use toml::value::Datetime;

/// Most parts of an override's path; the format itself needs about eight. (In files, the parser's own
/// limit of 80 levels keeps recursion safe.)
pub(crate) const MAX_DEPTH: usize = 40;

/// A value and its place.
#[derive(Debug, Clone)]
pub struct Node {
    pub place: TextSpan,
    pub kind: NodeKind,
}

#[derive(Debug, Clone)]
pub enum NodeKind {
    String(String),
    Integer(i128),
    Float(f64),
    Boolean(bool),
    Datetime(Datetime),
    Array(Vec<Node>),
    Table(Table),
}

pub(crate) type Table = Map<String, Entry>;

/// A key's place and its value.
#[derive(Debug, Clone)]
pub struct Entry {
    pub key: TextSpan,
    pub value: Node,
}

impl Node {
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::String(s) => Some(s),
            _ => None,
        }
    }

    /// What it is, for "found ...".
    pub(crate) fn describe(&self) -> String {
        match &self.kind {
            NodeKind::String(s) if s.chars().count() <= 40 => format!("the text {s:?}"),
            NodeKind::String(_) => "a text".to_owned(),
            NodeKind::Integer(i) => format!("the number {i}"),
            NodeKind::Float(x) => format!("the number {x}"),
            NodeKind::Boolean(b) => format!("`{b}`"),
            NodeKind::Datetime(d) => format!("the date or time {d}"),
            NodeKind::Array(_) => "a list".to_owned(),
            NodeKind::Table(_) => "a table".to_owned(),
        }
    }
}

/// Turns a parsed document into a tree.
pub(crate) fn from_table(table: &Spanned<DeTable<'_>>, source: u32) -> Node {
    let place = place(source, table.span());
    Node { place, kind: NodeKind::Table(entries(table.get_ref(), source)) }
}

/// Turns a parsed value into a tree; `shift` is added to all places.
pub(crate) fn from_value(value: &Spanned<DeValue<'_>>, source: u32, shift: usize) -> Node {
    let mut node = convert(value, source);
    if shift > 0 {
        shift_places(&mut node, shift as u32);
    }
    node
}

fn place(source: u32, span: std::ops::Range<usize>) -> TextSpan {
    TextSpan { source, start: span.start as u32, end: span.end as u32 }
}

fn entries(table: &DeTable<'_>, source: u32) -> Table {
    table
        .iter()
        .map(|(key, value)| {
            let entry = Entry { key: place(source, key.span()), value: convert(value, source) };
            (key.get_ref().to_string(), entry)
        })
        .collect()
}

fn convert(value: &Spanned<DeValue<'_>>, source: u32) -> Node {
    let kind = match value.get_ref() {
        DeValue::String(s) => NodeKind::String(s.to_string()),
        DeValue::Integer(i) => match i128::from_str_radix(i.as_str(), i.radix()) {
            Ok(n) => NodeKind::Integer(n),
            Err(_) => NodeKind::Float(f64::INFINITY),
        },
        DeValue::Float(x) => NodeKind::Float(x.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(b) => NodeKind::Boolean(*b),
        DeValue::Datetime(d) => NodeKind::Datetime(*d),
        DeValue::Array(items) => NodeKind::Array(items.iter().map(|v| convert(v, source)).collect()),
        DeValue::Table(t) => NodeKind::Table(entries(t, source)),
    };
    Node { place: place(source, value.span()), kind }
}

fn shift_places(node: &mut Node, by: u32) {
    node.place.start += by;
    node.place.end += by;
    match &mut node.kind {
        NodeKind::Array(items) => items.iter_mut().for_each(|n| shift_places(n, by)),
        NodeKind::Table(table) => {
            for (_, entry) in table.iter_mut() {
                entry.key.start += by;
                entry.key.end += by;
                shift_places(&mut entry.value, by);
            }
        }
        _ => {}
    }
}
