//! Reads an uncertain number, and says in the schema how it is written.

use super::{AmountForm, STANDINGS, Standing, UncertainInput, UncertainLaw, UncertainNumber};
use crate::describe::{JsonSchema, Schema, SchemaGenerator, json_schema};
use crate::diagnostic::Problems;
use crate::input::{Input as _, Layering, check_keys, merge_tables};
use crate::node::{Node, NodeKind, Table};
use crate::scalar::{NonNegative, Text};
use crate::source::TextSpan;
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
        merge_tables(base, over, how, &[], &mut |_, b, o| *b = o);
    } else {
        *base = over;
    }
}

/// Reads a number, plain or uncertain.
pub fn read<T: UncertainNumber>(node: &Node, cx: &mut Problems) -> Option<T> {
    match &node.kind {
        NodeKind::Table(table) if is(node) => {
            let kind = Kind {
                read: |node, cx| {
                    let x = T::read_plain(node, cx)?;
                    Some(Plain { amount: x.amount(), written: x.write(), form: x.form(), place: node.place })
                },
                unit: T::UNIT,
                limits: (T::LEAST, T::MOST),
            };
            table_of(&kind, table, node.place, cx)?;
            table.get("base").and_then(|base| T::read_plain(&base.value, cx))
        }
        _ => T::read_plain(node, cx),
    }
}

/// What reading an uncertain number needs of its kind: so that reading is compiled once for all kinds.
struct Kind {
    read: fn(&Node, &mut Problems) -> Option<Plain>,
    unit: &'static str,
    limits: (f64, f64),
}

/// A plain number of any kind, and where it stands.
struct Plain {
    amount: f64,
    written: Value,
    form: AmountForm,
    place: TextSpan,
}

/// Notes an uncertain number whose table makes sense.
fn table_of(kind: &Kind, table: &Table, whole: TextSpan, cx: &mut Problems) -> Option<()> {
    let before = cx.errors();
    check_keys(table, whole, &KEYS, &LAWS, &[], cx);
    let number = |key: &str, cx: &mut Problems| (kind.read)(&table.get(key)?.value, cx);
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
    let uniform = table.get("uniform").and_then(|entry| two(kind, &entry.value, cx));
    let sd = number("sd", cx);
    let cv = table.get("cv").and_then(|e| NonNegative::read_plain(&e.value, cx).map(|x| (x, e.value.place)));
    let together = table.get("together").and_then(|e| Text::read(&e.value, cx));
    let standing = table.get("standing").and_then(|e| standing(&e.value, cx));
    if cx.errors() > before {
        return None;
    }
    let base = base?;
    let law = match (low.as_ref().zip(high.as_ref()), &uniform, &sd, &cv) {
        (Some((low, high)), None, None, None) => {
            ordered(&base, low, high, cx);
            UncertainLaw::Triangular { low: low.amount, high: high.amount }
        }
        (None, Some((low, high)), None, None) => {
            ordered(&base, low, high, cx);
            UncertainLaw::Uniform { low: low.amount, high: high.amount }
        }
        (None, None, Some(sd), None) => {
            positive(sd.amount, "sd", sd.place, cx);
            UncertainLaw::Normal { sd: sd.amount }
        }
        (None, None, None, Some((cv, place))) => {
            positive(cv.value, "cv", *place, cx);
            if base.amount <= 0.0 {
                cx.error(*place, "`cv` asks for a `base` above zero");
            }
            UncertainLaw::Lognormal { cv: cv.value }
        }
        _ => return Some(()),
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
    put("low", low.map(|x| x.written));
    put("base", Some(base.written.clone()));
    put("high", high.map(|x| x.written));
    put("uniform", uniform.map(|(a, z)| Value::Array(vec![a.written, z.written])));
    put("sd", sd.map(|x| x.written));
    put("cv", cv.map(|x| Value::Float(x.0.value)));
    put("together", together.as_ref().map(|t| Value::String(t.value.clone())));
    put("standing", standing.map(|s| Value::String(s.word().to_owned())));
    let input = UncertainInput {
        path: String::new(),
        together: together.map(|t| t.value),
        standing,
        law,
        base: base.amount,
        unit: kind.unit,
        base_text: base.written,
        limits: kind.limits,
        form: base.form,
        table: written,
    };
    cx.uncertain.push(NotedInput { place: whole, input });
    Some(())
}

fn two(kind: &Kind, node: &Node, cx: &mut Problems) -> Option<(Plain, Plain)> {
    let NodeKind::Array(items) = &node.kind else {
        cx.error(node.place, format!("expected a list [low, high], found {}", node.describe()));
        return None;
    };
    let [low, high] = items.as_slice() else {
        cx.error(node.place, format!("expected a list [low, high], found {} values", items.len()));
        return None;
    };
    let (a, z) = ((kind.read)(low, cx), (kind.read)(high, cx));
    Some((a?, z?))
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
fn ordered(base: &Plain, low: &Plain, high: &Plain, cx: &mut Problems) {
    let (b, l, h) = (base.amount, low.amount, high.amount);
    if l >= h {
        cx.error(low.place, format!("`low` is {}, not below `high`, {}", text(low), text(high)));
    } else if b < l {
        cx.error(low.place, format!("`low` is {}, above `base`, {}", text(low), text(base)));
    } else if b > h {
        cx.error(high.place, format!("`high` is {}, below `base`, {}", text(high), text(base)));
    }
}

fn text(x: &Plain) -> String {
    x.written.as_str().map_or_else(|| x.written.to_string(), str::to_owned)
}

fn positive(x: f64, key: &str, place: TextSpan, cx: &mut Problems) {
    if x <= 0.0 {
        cx.error(place, format!("`{key}` must be above zero"))
            .help("for a number that is known, write it alone");
    }
}

/// The schema of a number that may be uncertain.
pub fn schema<T: UncertainNumber>(generator: &mut SchemaGenerator) -> Schema {
    let uncertain = generator.subschema_for::<UncertainValue<T>>().into_value();
    either_of(T::plain_schema(), uncertain)
}

fn either_of(plain: Schema, uncertain: serde_json::Value) -> Schema {
    json_schema!({ "anyOf": [plain.into_value(), uncertain] })
}

/// Stands for the schema of an uncertain number.
struct UncertainValue<T>(PhantomData<T>);

impl<T: UncertainNumber> JsonSchema for UncertainValue<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Uncertain_{}", T::schema_name()).into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        uncertain_schema(T::plain_schema())
    }
}

/// The schema of a table that stands for a number, by that of the plain number.
fn uncertain_schema(plain: Schema) -> Schema {
    let plain = plain.into_value();
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
