//! Numbers that nobody knows well: `{ low, base, high }` or a distribution in the place of a number.
//!
//! Ordinary commands take `base`. What the number might be instead is kept beside the scenario as a list
//! of [`UncertainInput`]s, each with the path under which `--set` finds it, so that an experiment can ask
//! for a value at any quantile and load the scenario with it.

use super::diagnostic::Problems;
use super::input::{How, Input, check_keys, merge_tables};
use super::node::{Kind, Node, Table};
use super::quantity::write_duration;
use super::scalar::{NonNegative, Text};
use super::source::Place;
use crate::stats::student::{normal_cdf, normal_quantile};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;
use std::marker::PhantomData;
use toml::Value;

/// Keys of an uncertain number.
const KEYS: [&str; 8] = ["low", "base", "high", "uniform", "sd", "cv", "together", "standing"];
/// Ways to say how far it may be off; exactly one.
const LAWS: [&str; 4] = ["low", "uniform", "sd", "cv"];
/// A normal distribution is cut at so many standard deviations from its base, as well as where the key's
/// own limits are.
const NORMAL_CUT: f64 = 4.0;

/// A kind of number that may be uncertain.
pub trait Number: Input + Copy {
    /// Least value that the key takes, in the unit of [`Self::amount`].
    const LEAST: f64;
    /// Largest value that the key takes.
    const MOST: f64;
    /// Unit of [`Self::amount`], for reports; empty for a bare number.
    const UNIT: &'static str;

    /// Whether a value is a plain number of this kind.
    fn is_plain(node: &Node) -> bool;
    /// Reads a plain number.
    fn read_plain(node: &Node, cx: &mut Problems) -> Option<Self>;
    /// The number in a unit that all numbers of the kind share.
    fn amount(&self) -> f64;
    /// How an amount is written beside this one.
    fn form(&self) -> Form;
    /// The schema of a plain number.
    fn plain_schema() -> Schema;
}

/// How amounts are written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// As a number.
    Number,
    /// As a whole number.
    Whole,
    /// As a duration; amounts are seconds.
    Duration,
    /// As a rate; amounts are per second. The unit's word and its seconds.
    Rate(&'static str, f64),
}

impl Form {
    fn write(self, amount: f64) -> Value {
        match self {
            Self::Number => Value::Float(amount),
            Self::Whole => Value::Integer(amount as i64),
            Self::Duration => Value::String(write_duration(amount)),
            Self::Rate(unit, seconds) => Value::String(format!("{} per {unit}", amount * seconds)),
        }
    }
}

/// How well a number is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// The source states it.
    Fact,
    /// Arithmetic on facts.
    Derived,
    /// Another public source, weaker.
    Outside,
    /// Nobody has published it.
    Assumption,
}

const STANDINGS: [(&str, Standing); 4] = [
    ("fact", Standing::Fact),
    ("derived", Standing::Derived),
    ("outside", Standing::Outside),
    ("assumption", Standing::Assumption),
];

impl Standing {
    /// The word in scenarios.
    pub fn word(self) -> &'static str {
        STANDINGS.iter().find(|s| s.1 == self).map_or("", |s| s.0)
    }
}

/// The distribution of an uncertain number, in the unit of its amounts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Law {
    /// Triangular between limits with its mode at the base.
    Triangular {
        /// Least.
        low: f64,
        /// Greatest.
        high: f64,
    },
    /// Uniform between limits.
    Uniform {
        /// Least.
        low: f64,
        /// Greatest.
        high: f64,
    },
    /// Normal around the base, cut at four standard deviations and where the key's limits are.
    Normal {
        /// Standard deviation.
        sd: f64,
    },
    /// Lognormal with its median at the base.
    Lognormal {
        /// Coefficient of variation.
        cv: f64,
    },
}

/// An uncertain number of a scenario.
#[derive(Debug, Clone)]
pub struct UncertainInput {
    /// Where it is, as `--set` takes it.
    pub path: String,
    /// The word that ties it to others: they rise and fall together.
    pub together: Option<String>,
    /// How well it is known, if the scenario says.
    pub standing: Option<Standing>,
    /// Its distribution.
    pub law: Law,
    /// The base in the unit of amounts.
    pub base: f64,
    /// Unit of amounts: seconds, per second, or empty.
    pub unit: &'static str,
    /// The base as the scenario writes it.
    pub base_text: Value,
    /// Limits of the key itself.
    limits: (f64, f64),
    form: Form,
    /// The table as it is written into the resolved scenario.
    table: toml::Table,
}

impl UncertainInput {
    /// What it is drawn with: the word that ties it to others, or its own path.
    pub fn group(&self) -> &str {
        self.together.as_deref().unwrap_or(&self.path)
    }

    /// The amount at quantile `u`, `0 < u < 1`.
    pub fn amount(&self, u: f64) -> f64 {
        let (least, most) = self.limits;
        let x = match self.law {
            Law::Triangular { low, high } => triangular(low, self.base, high, u),
            // Each whole number between the limits is equally likely.
            Law::Uniform { low, high } if self.form == Form::Whole => {
                (low + u * (high - low + 1.0)).floor().min(high)
            }
            Law::Uniform { low, high } => low + u * (high - low),
            Law::Normal { sd } => {
                let p = |x: f64| normal_cdf((x - self.base) / sd);
                let from = p(least.max(self.base - NORMAL_CUT * sd));
                let to = p(most.min(self.base + NORMAL_CUT * sd));
                self.base + sd * normal_quantile(from + u * (to - from))
            }
            Law::Lognormal { cv } => self.base * (normal_quantile(u) * cv.mul_add(cv, 1.0).ln().sqrt()).exp(),
        };
        let x = if self.form == Form::Whole { x.round() } else { x };
        x.clamp(least, most)
    }

    /// The value at quantile `u` as the scenario writes it.
    pub fn value(&self, u: f64) -> Value {
        self.form.write(self.amount(u))
    }

    /// The change that sets it to quantile `u`: `path=value`, for [`super::Overrides::sets`].
    pub fn set(&self, u: f64) -> String {
        format!("{}={}", self.path, self.value(u))
    }

    /// Ends of its range as the scenario writes them: the limits where it has some, else the 5 % and 95 %
    /// points.
    pub fn range(&self) -> (Value, Value) {
        // As they were written, not by way of an amount and back.
        let limits = match self.table.get("uniform") {
            Some(Value::Array(both)) => both.first().zip(both.last()),
            _ => self.table.get("low").zip(self.table.get("high")),
        };
        if let Some((low, high)) = limits {
            return (low.clone(), high.clone());
        }
        let (low, high) = self.ends();
        (self.form.write(low), self.form.write(high))
    }

    /// The same as amounts.
    pub fn ends(&self) -> (f64, f64) {
        match self.law {
            Law::Triangular { low, high } | Law::Uniform { low, high } => (low, high),
            Law::Normal { .. } | Law::Lognormal { .. } => (self.amount(0.05), self.amount(0.95)),
        }
    }

    /// The distribution in words.
    pub fn law_words(&self) -> &'static str {
        match self.law {
            Law::Triangular { .. } => "triangular",
            Law::Uniform { .. } => "uniform",
            Law::Normal { .. } => "normal (5 to 95 %)",
            Law::Lognormal { .. } => "lognormal (5 to 95 %)",
        }
    }
}

/// The uncertain inputs of a scenario, in its order.
pub fn inputs(scenario: &super::Scenario) -> &[UncertainInput] {
    &scenario.uncertain
}

/// Quantile of the triangular distribution (Law 2015, section 8.3.15).
fn triangular(low: f64, mode: f64, high: f64, u: f64) -> f64 {
    let width = high - low;
    if u * width < mode - low {
        low + (u * width * (mode - low)).sqrt()
    } else {
        high - ((1.0 - u) * width * (high - mode)).sqrt()
    }
}

/// An uncertain number as it was read; its path comes later, from its place.
#[derive(Debug, Clone)]
pub struct Noted {
    place: Place,
    input: UncertainInput,
}

/// Whether a value stands for an uncertain number. A table with only one of the keys may be meant
/// otherwise: shares by class, for a class called `base`.
pub fn is(node: &Node) -> bool {
    let Kind::Table(table) = &node.kind else { return false };
    let has = |key: &str| table.contains_key(key);
    has("base") && KEYS.iter().any(|k| *k != "base" && has(k)) || has("low") && has("high") && !has("mode")
}

/// Whether a value is a number of the kind, plain or uncertain.
pub fn accepts<T: Number>(node: &Node) -> bool {
    T::is_plain(node) || is(node)
}

/// Whether `over` is a path of `--set` into an uncertain number.
pub fn enters(base: &Node, over: &Node, how: How) -> bool {
    let inside = |t: &Table| t.iter().all(|(k, _)| KEYS.contains(&k.as_str()));
    how == How::Set && is(base) && !is(over) && matches!(&over.kind, Kind::Table(t) if inside(t))
}

/// Lays a value over a number.
pub fn merge(base: &mut Node, over: Node, how: How) {
    if enters(base, &over, how) {
        merge_tables(base, over, how, &[], |_, b, o| *b = o);
    } else {
        *base = over;
    }
}

/// Reads a number, plain or uncertain.
pub fn read<T: Number>(node: &Node, cx: &mut Problems) -> Option<T> {
    match &node.kind {
        Kind::Table(table) if is(node) => table_of(table, node.place, cx),
        _ => T::read_plain(node, cx),
    }
}

fn table_of<T: Number>(table: &Table, whole: Place, cx: &mut Problems) -> Option<T> {
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
            Law::Triangular { low: low.0.amount(), high: high.0.amount() }
        }
        (None, Some((low, high)), None, None) => {
            ordered(b, low, high, base, cx);
            Law::Uniform { low: low.0.amount(), high: high.0.amount() }
        }
        (None, None, Some((sd, place)), None) => {
            positive(sd.amount(), "sd", place, cx);
            Law::Normal { sd: sd.amount() }
        }
        (None, None, None, Some((cv, place))) => {
            positive(cv.value, "cv", place, cx);
            if b <= 0.0 {
                cx.error(place, "`cv` asks for a `base` above zero");
            }
            Law::Lognormal { cv: cv.value }
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
    cx.uncertain.push(Noted { place: whole, input });
    Some(base)
}

fn two<T: Number>(node: &Node, cx: &mut Problems) -> Option<((T, Place), (T, Place))> {
    let Kind::Array(items) = &node.kind else {
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
fn ordered<T: Number>(b: f64, low: (T, Place), high: (T, Place), base: T, cx: &mut Problems) {
    let (l, h) = (low.0.amount(), high.0.amount());
    if l >= h {
        cx.error(low.1, format!("`low` is {}, not below `high`, {}", text(&low.0), text(&high.0)));
    } else if b < l {
        cx.error(low.1, format!("`low` is {}, above `base`, {}", text(&low.0), text(&base)));
    } else if b > h {
        cx.error(high.1, format!("`high` is {}, below `base`, {}", text(&high.0), text(&base)));
    }
}

fn text<T: Number>(x: &T) -> String {
    let value = x.write();
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn positive(x: f64, key: &str, place: Place, cx: &mut Problems) {
    if x <= 0.0 {
        cx.error(place, format!("`{key}` must be above zero"))
            .help("for a number that is known, write it alone");
    }
}

/// Gives each noted number its path, from its place in the tree, in the order of the tree. Numbers of the
/// run that say how to simulate, not what, cannot be uncertain.
pub fn located(root: &Node, cx: &mut Problems) -> Vec<UncertainInput> {
    let mut noted = std::mem::take(&mut cx.uncertain);
    let mut found = Vec::with_capacity(noted.len());
    if !noted.is_empty() {
        walk(root, &mut Vec::new(), &mut noted, &mut found);
    }
    for (place, input) in &found {
        if input.path.starts_with("run.") && input.path != "run.target" {
            cx.error(*place, format!("`{}` cannot be uncertain", input.path))
                .help("it says how to simulate, not what; write the number alone");
        }
    }
    found.into_iter().map(|(_, input)| input).collect()
}

fn walk(
    node: &Node,
    path: &mut Vec<String>,
    noted: &mut Vec<Noted>,
    found: &mut Vec<(Place, UncertainInput)>,
) {
    if let Some(i) = noted.iter().position(|n| n.place == node.place && is(node)) {
        let mut input = noted.swap_remove(i).input;
        input.path = path.join(".");
        found.push((node.place, input));
        return;
    }
    match &node.kind {
        Kind::Table(table) => {
            for (key, entry) in table {
                path.push(quoted(key));
                walk(&entry.value, path, noted, found);
                path.pop();
            }
        }
        Kind::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                path.push(i.to_string());
                walk(item, path, noted, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// A key as a path of `--set` has it.
fn quoted(key: &str) -> String {
    let bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let mark = if key.contains('"') { '\'' } else { '"' };
    if bare { key.to_owned() } else { format!("{mark}{key}{mark}") }
}

/// Puts the uncertain numbers into a resolved scenario, which has their bases.
pub fn restore(resolved: &mut toml::Table, inputs: &[UncertainInput]) {
    for input in inputs {
        let mut parts = parts(&input.path);
        let Some(last) = parts.pop() else { continue };
        let mut at: Option<&mut Value> = None;
        for part in parts {
            at = match at {
                None => resolved.get_mut(&part),
                Some(value) => child(value, &part),
            };
            if at.is_none() {
                break;
            }
        }
        if let Some(slot) = at.and_then(|value| child(value, &last)) {
            *slot = Value::Table(input.table.clone());
        }
    }
}

fn child<'v>(value: &'v mut Value, part: &str) -> Option<&'v mut Value> {
    match value {
        Value::Table(table) => table.get_mut(part),
        Value::Array(items) => part.parse::<usize>().ok().and_then(|i| items.get_mut(i)),
        _ => None,
    }
}

/// A path of [`quoted`] keys in its parts.
fn parts(path: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut open = None;
    for c in path.chars() {
        match (open, c) {
            (None, '"' | '\'') => open = Some(c),
            (Some(mark), c) if c == mark => open = None,
            (None, '.') => out.push(String::new()),
            (_, c) => {
                if let Some(last) = out.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    out
}

/// The schema of a number that may be uncertain.
pub fn schema<T: Number>(generator: &mut SchemaGenerator) -> Schema {
    let uncertain = generator.subschema_for::<Uncertain<T>>().to_value();
    json_schema!({ "anyOf": [T::plain_schema().to_value(), uncertain] })
}

/// Stands for the schema of an uncertain number.
struct Uncertain<T>(PhantomData<T>);

impl<T: Number> JsonSchema for Uncertain<T> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn input(law: Law, base: f64, limits: (f64, f64), whole: bool) -> UncertainInput {
        UncertainInput {
            path: "a.b".to_owned(),
            together: None,
            standing: None,
            law,
            base,
            unit: "",
            base_text: Value::Float(base),
            limits,
            form: if whole { Form::Whole } else { Form::Number },
            table: toml::Table::new(),
        }
    }

    /// Mean and variance by the midpoint rule over quantiles.
    fn moments(x: &UncertainInput) -> (f64, f64) {
        let n = 200_000;
        let at: Vec<f64> = (0..n).map(|i| x.amount((f64::from(i) + 0.5) / f64::from(n))).collect();
        let mean = at.iter().sum::<f64>() / f64::from(n);
        (mean, at.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / f64::from(n))
    }

    #[test]
    fn distributions_have_their_textbook_moments() {
        // Triangular (Law 2015, section 6.2.2): (a + b + c) / 3; (a2 + b2 + c2 - ab - ac - bc) / 18.
        let (mean, variance) =
            moments(&input(Law::Triangular { low: 1.0, high: 6.0 }, 2.0, (0.0, 9.0), false));
        assert!((mean - 3.0).abs() < 1e-6 && (variance - 21.0 / 18.0).abs() < 1e-5, "{mean} {variance}");
        let (mean, variance) = moments(&input(Law::Uniform { low: 1.0, high: 7.0 }, 2.0, (0.0, 9.0), false));
        assert!((mean - 4.0).abs() < 1e-6 && (variance - 3.0).abs() < 1e-5, "{mean} {variance}");
        let (mean, variance) = moments(&input(Law::Normal { sd: 2.0 }, 50.0, (0.0, 1e9), false));
        // Cut at four standard deviations: variance 1 - 8 phi(4) / (2 Phi(4) - 1) of the whole.
        assert!((mean - 50.0).abs() < 1e-6 && (variance / 4.0 - 0.998_929).abs() < 1e-5, "{mean} {variance}");
        let (mean, variance) = moments(&input(Law::Lognormal { cv: 0.3 }, 10.0, (0.0, 1e9), false));
        let expected = 10.0 * 1.09_f64.sqrt();
        assert!((mean / expected - 1.0).abs() < 1e-4, "{mean}");
        assert!((variance.sqrt() / expected - 0.3).abs() < 1e-3, "{variance}");
    }

    #[test]
    fn a_mode_at_an_end_and_whole_numbers() {
        let x = input(Law::Triangular { low: 120.0, high: 160.0 }, 160.0, (0.0, 1e6), true);
        assert_eq!((x.amount(1e-12), x.amount(1.0 - 1e-12)), (120.0, 160.0));
        assert_eq!(x.amount(0.25), 140.0);
        let die = input(Law::Uniform { low: 1.0, high: 6.0 }, 3.0, (0.0, 1e6), true);
        let mut seen = [0; 7];
        for i in 0..600 {
            seen[die.amount((f64::from(i) + 0.5) / 600.0) as usize] += 1;
        }
        assert_eq!(seen, [0, 100, 100, 100, 100, 100, 100]);
    }

    #[test]
    fn a_normal_stays_within_the_limits_of_its_key() {
        let x = input(Law::Normal { sd: 0.4 }, 0.9, (0.0, 1.0), false);
        for i in 1..1000 {
            let v = x.amount(f64::from(i) / 1000.0);
            assert!((0.0..=1.0).contains(&v), "{v}");
        }
    }

    #[test]
    fn paths_are_taken_apart_as_they_were_made() {
        let keys = ["area", "Los Angeles", "a.b", "it\"s", "0"];
        let path: Vec<String> = keys.iter().map(|k| quoted(k)).collect();
        assert_eq!(parts(&path.join(".")), keys);
    }
}
