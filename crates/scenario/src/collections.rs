//! Named things and lists.

use super::diagnostic::Problems;
use super::input::{Input, Layering, enters, expect_table, merge_tables, wrong_kind};
use super::node::{Entry, Node, NodeKind};
use super::scalar::Text;
use super::source::TextSpan;
use crate::describe::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use toml::Value;

/// Named things, in the order in which they are written.
#[derive(Debug, Clone)]
pub(crate) struct Named<T>(pub Vec<(Text, T)>);

impl<T> Named<T> {
    pub(crate) fn none() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Text, &T)> {
        self.0.iter().map(|(k, v)| (k, v))
    }
}

impl<T: Input> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Named_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        names_of(generator.subschema_for::<T>())
    }
}

/// The schema of named things, by that of one.
fn names_of(thing: Schema) -> Schema {
    json_schema!({
        "type": "object",
        "additionalProperties": thing,
        "propertyNames": { "minLength": 1 },
    })
}

impl<T: Input> Input for Named<T> {
    fn expects() -> String {
        format!("a table of names, each with {}", T::expects())
    }
    fn accepts(node: &Node) -> bool {
        matches!(node.kind, NodeKind::Table(_))
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        let table = expect_table(node, Self::expects, cx)?;
        let mut out = Vec::with_capacity(table.len());
        for (key, Entry { key: place, value }) in table.iter() {
            if key.is_empty() {
                cx.error(*place, "a name must not be empty");
            }
            match T::read(value, cx) {
                Some(item) => out.push((Text { value: key.clone(), place: *place }, item)),
                None => cx.spoil(node.place),
            }
        }
        Some(Self(out))
    }
    fn write(&self) -> Value {
        Value::Table(self.0.iter().map(|(k, v)| (k.value.clone(), v.write())).collect())
    }
    fn merge(base: &mut Node, over: Node, how: Layering, cx: &mut Problems) {
        // A path of `--set` that passes through a name which does not exist would make a new thing of it.
        if let (Layering::Set, NodeKind::Table(known), NodeKind::Table(path)) = (how, &base.kind, &over.kind)
        {
            for (name, entry) in path.iter() {
                if entry.value.place == entry.key && !known.contains_key(name) {
                    cx.error(entry.key, format!("there is no `{name}`"))
                        .names(name, known.iter().map(|(k, _)| k.as_str()))
                        .help("to add it, set it to a table: name={ key = value, ... }");
                    return;
                }
            }
        }
        merge_tables(base, over, how, &[], &mut |_, b, o| T::merge(b, o, how, cx));
    }
}

/// A list.
#[derive(Debug, Clone)]
pub(crate) struct List<T> {
    pub place: TextSpan,
    pub items: Vec<T>,
}

impl<T> List<T> {
    pub(crate) fn none() -> Self {
        Self { place: TextSpan::NONE, items: Vec::new() }
    }
}

impl<T: Input> JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("List_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        list_of(generator.subschema_for::<T>())
    }
}

/// The schema of a list, by that of an item.
fn list_of(item: Schema) -> Schema {
    json_schema!({ "type": "array", "items": item })
}

impl<T: Input> Input for List<T> {
    fn expects() -> String {
        format!("a list, each item {}", T::expects())
    }
    fn accepts(node: &Node) -> bool {
        matches!(node.kind, NodeKind::Array(_))
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        let NodeKind::Array(items) = &node.kind else {
            wrong_kind(node, &Self::expects(), cx);
            return None;
        };
        let read: Vec<T> = items.iter().filter_map(|n| T::read(n, cx)).collect();
        if read.len() < items.len() {
            cx.spoil(node.place);
        }
        Some(Self { place: node.place, items: read })
    }
    fn write(&self) -> Value {
        Value::Array(self.items.iter().map(T::write).collect())
    }
    fn merge(base: &mut Node, over: Node, how: Layering, cx: &mut Problems) {
        merge_lists(base, over, how, cx, T::merge);
    }
}

/// Lays a path of `--set` over a list: its next part is a position (from 0) or an item's `name`.
pub(crate) fn merge_lists(
    base: &mut Node,
    over: Node,
    how: Layering,
    cx: &mut Problems,
    each: fn(&mut Node, Node, Layering, &mut Problems),
) {
    if !enters(base, &over, how) {
        *base = over;
        return;
    }
    let (NodeKind::Array(items), NodeKind::Table(path)) = (&mut base.kind, over.kind) else { return };
    for (key, entry) in path {
        let name = |n: &Node| match &n.kind {
            NodeKind::Table(t) => t.get("name").and_then(|e| e.value.text()).map(str::to_owned),
            _ => None,
        };
        let by_name = items.iter().position(|n| name(n).as_deref() == Some(key.as_str()));
        let by_number = key.parse::<usize>().ok().filter(|i| *i < items.len());
        match by_name.or(by_number) {
            Some(i) => each(&mut items[i], entry.value, how, cx),
            None => {
                let names: Vec<String> = items.iter().filter_map(name).collect();
                let note = cx.error(entry.key, format!("the list has no item `{key}`"));
                match items.len() {
                    0 => note.help("it is empty"),
                    n => note.help(format!("its items are 0 to {}", n - 1)),
                };
                if !names.is_empty() {
                    note.names(&key, names.iter().map(String::as_str));
                }
            }
        }
    }
}

/// A list of `N` items.
#[derive(Debug, Clone)]
pub(crate) struct Exactly<T, const N: usize>(pub Vec<T>);

impl<T: Input, const N: usize> JsonSchema for Exactly<T, N> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("List{N}_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        json_schema!({ "type": "array", "items": items, "minItems": N, "maxItems": N })
    }
}

impl<T: Input, const N: usize> Input for Exactly<T, N> {
    fn expects() -> String {
        format!("a list of {N} items, each {}", T::expects())
    }
    fn accepts(node: &Node) -> bool {
        matches!(node.kind, NodeKind::Array(_))
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        let list = List::<T>::read(node, cx)?;
        let NodeKind::Array(written) = &node.kind else { return None };
        if written.len() != N {
            cx.error(node.place, format!("expected {N} values, found {}", written.len()));
            return None;
        }
        (list.items.len() == N).then_some(Self(list.items))
    }
    fn write(&self) -> Value {
        Value::Array(self.0.iter().map(T::write).collect())
    }
    fn merge(base: &mut Node, over: Node, how: Layering, cx: &mut Problems) {
        merge_lists(base, over, how, cx, T::merge);
    }
}
