//! Texts, switches and numbers.

use super::diagnostic::Problems;
use super::input::{Input, Layering, wrong_kind};
use super::node::{Node, NodeKind};
use super::source::TextSpan;
use super::uncertain::{self, AmountForm, UncertainNumber};
use crate::describe::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use toml::Value;

/// Largest number that any key takes.
pub(crate) const LARGEST: f64 = 1e12;

/// A text that is not empty: most often a name.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub value: String,
    pub place: TextSpan,
}

impl Text {
    /// A text that nobody wrote.
    pub(crate) fn new(value: impl Into<String>) -> Self {
        Self { value: value.into(), place: TextSpan::NONE }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.value
    }
}

impl JsonSchema for Text {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1 })
    }
}

impl Input for Text {
    fn expects() -> String {
        "a text in quotes".to_owned()
    }
    fn accepts(node: &Node) -> bool {
        node.text().is_some()
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        match node.text() {
            Some("") => {
                cx.error(node.place, "the text must not be empty");
                None
            }
            Some(text) => Some(Self { value: text.to_owned(), place: node.place }),
            None => {
                wrong_kind(node, &Self::expects(), cx);
                None
            }
        }
    }
    fn write(&self) -> Value {
        Value::String(self.value.clone())
    }
}

/// Any text, with its white space trimmed.
#[derive(Debug, Clone)]
pub(crate) struct Prose(pub String);

impl JsonSchema for Prose {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Prose".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl Input for Prose {
    fn expects() -> String {
        "a text in quotes".to_owned()
    }
    fn accepts(node: &Node) -> bool {
        node.text().is_some()
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        if node.text().is_none() {
            wrong_kind(node, &Self::expects(), cx);
        }
        node.text().map(|t| Self(t.trim().to_owned()))
    }
    fn write(&self) -> Value {
        Value::String(self.0.clone())
    }
}

impl Input for bool {
    fn expects() -> String {
        "true or false".to_owned()
    }
    fn accepts(node: &Node) -> bool {
        matches!(node.kind, NodeKind::Boolean(_))
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        match node.kind {
            NodeKind::Boolean(b) => Some(b),
            _ => {
                wrong_kind(node, &Self::expects(), cx);
                None
            }
        }
    }
    fn write(&self) -> Value {
        Value::Boolean(*self)
    }
}

/// A switch that can only be on: leave the key out for off.
#[derive(Debug, Clone, Copy)]
pub(crate) struct True;

impl JsonSchema for True {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "True".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": true })
    }
}

impl Input for True {
    fn expects() -> String {
        "true".to_owned()
    }
    fn accepts(node: &Node) -> bool {
        matches!(node.kind, NodeKind::Boolean(_))
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        if matches!(node.kind, NodeKind::Boolean(true)) {
            return Some(Self);
        }
        wrong_kind(node, "true (leave the key out for false)", cx);
        None
    }
    fn write(&self) -> Value {
        Value::Boolean(true)
    }
}

/// A whole number between bounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole<const MIN: i64, const MAX: i64> {
    pub value: i64,
    pub place: TextSpan,
}

impl<const MIN: i64, const MAX: i64> Whole<MIN, MAX> {
    pub(crate) const fn new(value: i64) -> Self {
        Self { value, place: TextSpan::NONE }
    }

    /// As `u32`; the bounds of those who call it fit.
    pub(crate) fn count(self) -> u32 {
        u32::try_from(self.value).unwrap_or(u32::MAX)
    }
}

impl<const MIN: i64, const MAX: i64> JsonSchema for Whole<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Whole_{MIN}_{MAX}").into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        uncertain::schema::<Self>(generator)
    }
}

impl<const MIN: i64, const MAX: i64> UncertainNumber for Whole<MIN, MAX> {
    const LEAST: f64 = MIN as f64;
    const MOST: f64 = MAX as f64;
    const UNIT: &'static str = "";

    fn is_plain(node: &Node) -> bool {
        matches!(node.kind, NodeKind::Integer(_) | NodeKind::Float(_))
    }
    fn read_plain(node: &Node, cx: &mut Problems) -> Option<Self> {
        if let NodeKind::Integer(i) = node.kind
            && let Ok(value) = i64::try_from(i)
            && (MIN..=MAX).contains(&value)
        {
            return Some(Self { value, place: node.place });
        }
        let expects = match node.kind {
            NodeKind::Integer(i) if i > i128::from(MAX) => format!("a whole number from {MIN} to {MAX}"),
            _ => Self::expects(),
        };
        wrong_kind(node, &expects, cx);
        None
    }
    fn amount(&self) -> f64 {
        self.value as f64
    }
    fn form(&self) -> AmountForm {
        AmountForm::Whole
    }
    fn plain_schema() -> Schema {
        json_schema!({ "type": "integer", "minimum": MIN, "maximum": MAX })
    }
}

impl<const MIN: i64, const MAX: i64> Input for Whole<MIN, MAX> {
    fn expects() -> String {
        if MAX == i64::MAX {
            return format!("a whole number of at least {MIN}");
        }
        format!("a whole number from {MIN} to {MAX}")
    }
    fn accepts(node: &Node) -> bool {
        uncertain::accepts::<Self>(node)
    }
    fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
        uncertain::read(node, cx)
    }
    fn write(&self) -> Value {
        Value::Integer(self.value)
    }
    fn merge(base: &mut Node, over: Node, how: Layering, _cx: &mut Problems) {
        uncertain::merge(base, over, how);
    }
}

/// How many officers, requests or the like.
pub(crate) type CountScalar<const MIN: i64> = Whole<MIN, 1_000_000>;

macro_rules! numbers {
    ($( $(#[doc = $doc:literal])* $name:ident, $expects:literal, $test:expr, $least:expr, $most:expr, $schema:tt; )*) => { $(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy)]
        pub(crate) struct $name {
            pub value: f64,
            #[allow(dead_code, reason = "not every kind of number is spoken of alone")]
            pub place: TextSpan,
        }

        #[allow(dead_code, reason = "not every kind of number has a default")]
        impl $name {
            pub(crate) const fn new(value: f64) -> Self {
                Self { value, place: TextSpan::NONE }
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                uncertain::schema::<Self>(generator)
            }
        }

        impl UncertainNumber for $name {
            const LEAST: f64 = $least;
            const MOST: f64 = $most;
            const UNIT: &'static str = "";

            fn is_plain(node: &Node) -> bool {
                matches!(node.kind, NodeKind::Integer(_) | NodeKind::Float(_))
            }
            fn read_plain(node: &Node, cx: &mut Problems) -> Option<Self> {
                let value = match node.kind {
                    NodeKind::Integer(i) => i as f64,
                    NodeKind::Float(x) => x,
                    _ => f64::NAN,
                };
                let test: fn(f64) -> bool = $test;
                if value.is_finite() && value.abs() <= LARGEST && test(value) {
                    return Some(Self { value, place: node.place });
                }
                wrong_kind(node, $expects, cx);
                None
            }
            fn amount(&self) -> f64 {
                self.value
            }
            fn form(&self) -> AmountForm {
                AmountForm::Number
            }
            fn plain_schema() -> Schema {
                json_schema!($schema)
            }
        }

        impl Input for $name {
            fn expects() -> String {
                $expects.to_owned()
            }
            fn accepts(node: &Node) -> bool {
                uncertain::accepts::<Self>(node)
            }
            fn read(node: &Node, cx: &mut Problems) -> Option<Self> {
                uncertain::read(node, cx)
            }
            fn write(&self) -> Value {
                Value::Float(self.value)
            }
            fn merge(base: &mut Node, over: Node, how: Layering, _cx: &mut Problems) {
                uncertain::merge(base, over, how);
            }
        }
    )* };
}

numbers! {
    /// A number from 0 to 1.
    Share, "a number from 0 to 1", |x| (0.0..=1.0).contains(&x), 0.0, 1.0,
        { "type": "number", "minimum": 0, "maximum": 1 };
    /// A number above 0, up to 1.
    Fraction, "a number above 0, at most 1", |x| x > 0.0 && x <= 1.0, 0.0, 1.0,
        { "type": "number", "exclusiveMinimum": 0, "maximum": 1 };
    /// A number above 0.
    Positive, "a number above 0", |x| x > 0.0, 0.0, LARGEST,
        { "type": "number", "exclusiveMinimum": 0, "maximum": 1e12 };
    /// A number of at least 0.
    NonNegative, "a number of at least 0", |x| x >= 0.0, 0.0, LARGEST,
        { "type": "number", "minimum": 0, "maximum": 1e12 };
    /// A change in a year, as a share of what it was.
    Growth, "a number above -1, at most 10 (0.05 is 5 % more after a year)", |x| x > -1.0 && x <= 10.0, -0.99, 10.0,
        { "type": "number", "exclusiveMinimum": -1, "maximum": 10 };
    /// Any number.
    Real, "a number", |_| true, -LARGEST, LARGEST,
        { "type": "number", "minimum": -1e12, "maximum": 1e12 };
    /// Hours in a week.
    WeekHours, "a number above 0, at most 168", |x| x > 0.0 && x <= 168.0, 0.0, 168.0,
        { "type": "number", "exclusiveMinimum": 0, "maximum": 168 };
}
