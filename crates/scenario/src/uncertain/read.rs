//! Reads an uncertain number, and says in the schema how it is written.

use super::{STANDINGS, Standing, UncertainInput, UncertainLaw, UncertainNumber};
use crate::diagnostic::Problems;
use crate::input::{Input as _, Layering, check_keys, merge_tables};
use crate::node::{Node, NodeKind, Table};
use crate::scalar::{NonNegative, Text};
use crate::source::TextSpan;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::marker::PhantomData;
use toml::Value;

/// Keys of an uncertain number.
const KEYS: [&str; 8] = ["low", "base", "high", "uniform", "sd", "cv", "together", "standing"];
/// Ways to say how far it may be off; exactly one.
const LAWS: [&str; 4] = ["low", "uniform", "sd", "cv"];

/// An uncertain number as it was read; its path comes later, from its place.
#[derive(Debug, Clone)]
pub struct NotedInput {
    pub(super) place: TextSpan,
    pub(super) input: UncertainInput,
}

/// Whether a value stands for an uncertain number. A table with only one of the keys may be meant
/// otherwise: shares by class, for a class called `base`.
pub fn is(node: &Node) -> bool {
    let NodeKind::Table(table) = &node.kind else { return false };
    let has = |key: &str| table.contains_key(key);
    has("base") && KEYS.iter().any(|k| *k != "base" && has(k)) || has("low") && has("high") && !has("mode")
}

/// Whether a value is a number of the kind, plain or uncertain.
pub fn accepts<T: UncertainNumber>(node: &Node) -> bool {
    T::is_plain(node) || is(node)
}

/// Whether `over` is a path of `--set` into an uncertain number.
pub fn enters(base: &Node, over: &Node, how: Layering) -> bool {
    let inside = |t: &Table| t.iter().all(|(k, _)| KEYS.contains(&k.as_str()));
    how == Layering::Set && is(base) && !is(over) && matches!(&over.kind, NodeKind::Table(t) if inside(t))
}

/// Lays a value over a number.
pub fn merge(base: &mut Node, over: Node, how: Layering) {
    if enters(base, &over, how) {
        merge_tables(base, over, how, &[], |_, b, o| *b = o);
    } else {
        *base = over;
    }
}

/// Reads a number, plain or uncertain.
pub fn read<T: UncertainNumber>(node: &Node, cx: &mut Problems) -> Option<T> {
    match &node.kind {
        NodeKind::Table(table) if is(node) => table_of(table, node.place, cx),
        _ => T::read_plain(node, cx),
    }
}

fn table_of<T: UncertainNumber>(table: &Table, whole: TextSpan, cx: &mut Problems) -> Option<T> {
    let before = cx.errors();
    check_keys(table, whole, &KEYS, &LAWS, &[], cx);
    let number = |key: &str, cx: &mut Problems| {
        let entry = table.get(key)?;
        T::read_plain(&entry.value, cx).map(|x| (x, entry.value.place))
    };
    let base = number("base", cx);
    if !table.contains_key("base") {
        cx.error(whole, "`base` is missing").help("`base` is the number that ordinary runs take");
    }
    let (low, high) = (number("low", cx), number("high", cx));
    for (key, other) in [("low", "high"), ("high", "low")] {
        if table.contains_key(other) && !table.contains_key(key) {
            cx.error(whole, format!("`{key}` is missing")).help("give both `low` and `high`");
        }
    }
    let uniform = table.get("uniform").and_then(|entry| two::<T>(&entry.value, cx));
    let sd = number("sd", cx);
    let cv = table.get("cv").and_then(|e| NonNegative::read_plain(&e.value, cx).map(|x| (x, e.value.place)));
    let together = table.get("together").and_then(|e| Text::read(&e.value, cx));
    let standing = table.get("standing").and_then(|e| standing(&e.value, cx));
    if cx.errors() > before {
        return None;
    }
    let (base, _) = base?;
    let b = base.amount();
    let law = match (low.zip(high), uniform, sd, cv) {
        (Some((low, high)), None, None, None) => {
            ordered(b, low, high, base, cx);
            UncertainLaw::Triangular { low: low.0.amount(), high: high.0.amount() }
        }
        (None, Some((low, high)), None, None) => {
            ordered(b, low, high, base, cx);
            UncertainLaw::Uniform { low: low.0.amount(), high: high.0.amount() }
        }
        (None, None, Some((sd, place)), None) => {
            positive(sd.amount(), "sd", place, cx);
            UncertainLaw::Normal { sd: sd.amount() }
        }
        (None, None, None, Some((cv, place))) => {
            positive(cv.value, "cv", place, cx);
            if b <= 0.0 {
                cx.error(place, "`cv` asks for a `base` above zero");
            }
            UncertainLaw::Lognormal { cv: cv.value }
        }
        _ => return Some(base),
    };
    if cx.errors() > before {
        return None;
    }
    let mut written = toml::Table::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            written.insert(key.to_owned(), value);
        }
    };
    put("low", low.map(|x| x.0.write()));
    put("base", Some(base.write()));
    put("high", high.map(|x| x.0.write()));
    put("uniform", uniform.map(|(a, z)| Value::Array(vec![a.0.write(), z.0.write()])));
    put("sd", sd.map(|x| x.0.write()));
    put("cv", cv.map(|x| Value::Float(x.0.value)));
    put("together", together.as_ref().map(|t| Value::String(t.value.clone())));
    put("standing", standing.map(|s| Value::String(s.word().to_owned())));
    let input = UncertainInput {
        path: String::new(),
        together: together.map(|t| t.value),
        standing,
        law,
        base: b,
        unit: T::UNIT,
        base_text: base.write(),
        limits: (T::LEAST, T::MOST),
        form: base.form(),
        table: written,
    };
    cx.uncertain.push(NotedInput { place: whole, input });
    Some(base)
}

fn two<T: UncertainNumber>(node: &Node, cx: &mut Problems) -> Option<((T, TextSpan), (T, TextSpan))> {
    let NodeKind::Array(items) = &node.kind else {
        cx.error(node.place, format!("expected a list [low, high], found {}", node.describe()));
        return None;
    };
    let [low, high] = items.as_slice() else {
        cx.error(node.place, format!("expected a list [low, high], found {} values", items.len()));
        return None;
    };
    let (a, z) = (T::read_plain(low, cx), T::read_plain(high, cx));
    Some(((a?, low.place), (z?, high.place)))
}

fn standing(node: &Node, cx: &mut Problems) -> Option<Standing> {
    let words = STANDINGS.map(|s| s.0);
    match node.text() {
        Some(text) => match STANDINGS.iter().find(|s| s.0 == text) {
            Some((_, standing)) => return Some(*standing),
            None => cx.error(node.place, format!("unknown word {text:?}")).names(text, words),
        },
        None => cx.error(node.place, format!("expected a word, found {}", node.describe())).names("", words),
    };
    None
}

/// `low <= base <= high`, and some room between.
fn ordered<T: UncertainNumber>(b: f64, low: (T, TextSpan), high: (T, TextSpan), base: T, cx: &mut Problems) {
    let (l, h) = (low.0.amount(), high.0.amount());
    if l >= h {
        cx.error(low.1, format!("`low` is {}, not below `high`, {}", text(&low.0), text(&high.0)));
    } else if b < l {
        cx.error(low.1, format!("`low` is {}, above `base`, {}", text(&low.0), text(&base)));
    } else if b > h {
        cx.error(high.1, format!("`high` is {}, below `base`, {}", text(&high.0), text(&base)));
    }
}

fn text<T: UncertainNumber>(x: &T) -> String {
    let value = x.write();
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn positive(x: f64, key: &str, place: TextSpan, cx: &mut Problems) {
    if x <= 0.0 {
        cx.error(place, format!("`{key}` must be above zero"))
            .help("for a number that is known, write it alone");
    }
}

/// The schema of a number that may be uncertain.
pub fn schema<T: UncertainNumber>(generator: &mut SchemaGenerator) -> Schema {
    let uncertain = generator.subschema_for::<UncertainValue<T>>().to_value();
    json_schema!({ "anyOf": [T::plain_schema().to_value(), uncertain] })
}

/// Stands for the schema of an uncertain number.
struct UncertainValue<T>(PhantomData<T>);

impl<T: UncertainNumber> JsonSchema for UncertainValue<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Uncertain_{}", T::schema_name()).into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let plain = T::plain_schema().to_value();
        let positive = serde_json::json!({ "type": "number", "exclusiveMinimum": 0 });
        json_schema!({
            "type": "object",
            "description": "A number that is not known well: ordinary runs take `base`.",
            "properties": {
                "low": plain, "base": plain, "high": plain,
                "uniform": { "type": "array", "items": plain, "minItems": 2, "maxItems": 2 },
                "sd": plain,
                "cv": positive,
                "together": { "type": "string", "minLength": 1 },
                "standing": { "enum": STANDINGS.map(|s| s.0) },
            },
            "additionalProperties": false,
            "required": ["base"],
            "oneOf": [
                { "required": ["low", "high"] },
                { "required": ["uniform"] },
                { "required": ["sd"] },
                { "required": ["cv"] },
            ],
            "x-replaced": true,
        })
    }
}
