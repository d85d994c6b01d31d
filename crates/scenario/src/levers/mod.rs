//! What a planner may move: the levers that a scenario offers, found in the scenario itself.
//!
//! Officers by pool and shift, shift starts and lengths, which centres are open, handling times, volumes, shares,
//! routing, absence, and every number that the scenario calls uncertain. [`levers`] finds them in the resolved scenario;
//! [`moved`] turns values into a changed scenario: as overrides ([`Moved::sets`]), which the command line takes as well, and
//! as a scenario that extends it and holds the differences alone ([`Moved::toml`]).

mod differ;
mod find;
mod pattern;
mod shifts;

pub use differ::Moved;

use crate::quantity::{duration, write_clock, write_duration};
use serde::Serialize;
use std::borrow::Cow;
use toml::{Table, Value};

/// A quantity of a scenario that a planner may move.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lever {
    /// Unique within the scenario: the path that it changes, or the word that ties several.
    pub id: String,
    /// What kind of thing it is, such as `Officers`.
    pub group: Cow<'static, str>,
    /// Its name for people.
    pub label: String,
    /// What its values are.
    #[serde(flatten)]
    pub kind: LeverKind,
    /// Where it stands, in the unit of its kind.
    pub value: f64,
    /// Least value of its slider.
    pub low: f64,
    /// Greatest value of its slider.
    pub high: f64,
    /// Step of its slider.
    pub step: f64,
    /// Greatest value that can be written at all; the least is 0.
    pub most: f64,
    /// How well the number is known, where the scenario says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<&'static str>,
    /// What it changes.
    #[serde(skip)]
    targets: Vec<LeverTarget>,
}

/// What a lever's values are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", content = "of", rename_all = "lowercase")]
pub enum LeverKind {
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// A share from 0 to 1.
    Share,
    /// A length of time; the unit's word. Values are in this unit.
    Duration(&'static str),
    /// Minutes after midnight.
    Clock,
    /// A rate; the unit's word.
    Rate(String),
    /// A factor on several numbers that move together.
    Factor,
    /// 0 is off, 1 is on.
    Switch,
    /// One of several words; values count them from 0.
    Choice(Vec<String>),
}

/// A step of a path into a resolved scenario.
#[derive(Debug, Clone, PartialEq)]
enum PathStep {
    Key(String),
    Item(usize),
}

impl PathStep {
    /// The key, or the place in a list from 1 on.
    fn word(&self) -> String {
        match self {
            Self::Key(key) => key.clone(),
            Self::Item(i) => (i + 1).to_string(),
        }
    }
}

/// One place that a lever changes, and how.
#[derive(Debug, Clone, PartialEq)]
struct LeverTarget {
    path: Vec<PathStep>,
    write: Write,
}

/// How a lever's value becomes a value of the scenario.
#[derive(Debug, Clone, PartialEq)]
enum Write {
    Whole,
    Number,
    /// Seconds in the unit of values.
    Duration(f64),
    Clock,
    Rate(String),
    /// A factor on a base, written as the base is.
    Times(Base),
    /// The word at the value's place.
    Choice(Vec<String>),
    /// What stands there when it is off; on leaves it as it is.
    Off(Value),
    /// Off: this item is added to the list.
    Add(Value),
}

/// The number that a factor applies to.
#[derive(Debug, Clone, PartialEq)]
enum Base {
    Number(f64),
    Duration(f64),
    Rate(f64, String),
}

impl Write {
    /// The value to stand at the target, `None` where it stays.
    fn value(&self, x: f64) -> Option<Value> {
        let number = |x: f64| Value::Float(x);
        Some(match self {
            Self::Whole => Value::Integer(x.round() as i64),
            Self::Number => number(x),
            Self::Duration(unit) => Value::String(write_duration(tidy(x * unit))),
            Self::Clock => Value::String(write_clock((x * 60.0).round())),
            Self::Rate(unit) => Value::String(format!("{x} per {unit}")),
            Self::Times(Base::Number(base)) => number(tidy(base * x)),
            Self::Times(Base::Duration(base)) => Value::String(write_duration(tidy(base * x))),
            Self::Times(Base::Rate(base, unit)) => Value::String(format!("{} per {unit}", tidy(base * x))),
            Self::Choice(words) => Value::String(words.get(x as usize)?.clone()),
            Self::Off(off) if x < 0.5 => off.clone(),
            Self::Off(_) | Self::Add(_) => return None,
        })
    }
}

/// Twelve digits are enough: `0.1 * 3` is 0.3.
fn tidy(x: f64) -> f64 {
    format!("{x:.11e}").parse().unwrap_or(x)
}

/// The levers that a scenario offers, from its resolved table: those that it names with `[lever]` first, in
/// its order.
pub fn levers(resolved: &Table) -> Vec<Lever> {
    find::all(resolved)
}

/// What people call the number at a path (as `--set` takes it), where a lever moves it.
pub fn label<'l>(levers: &'l [Lever], path: &str) -> Option<&'l str> {
    find::position(levers, path).map(|at| levers[at].label.as_str())
}

/// Where the number at a path (as `--set` takes it) stands, in the unit of the lever that moves it.
pub fn value(levers: &[Lever], path: &str) -> Option<f64> {
    find::position(levers, path).map(|at| levers[at].value)
}

/// A number at a path as people say it: shares in per cent, long times that are written in seconds in the unit that people use for
/// them, all else as the scenario has it.
pub fn said(levers: &[Lever], path: &str, value: &Value) -> String {
    let kind = find::position(levers, path).map(|at| &levers[at].kind);
    match (value, kind) {
        (Value::Float(x), Some(LeverKind::Share)) => format!("{} %", tidy(100.0 * x)),
        (Value::Integer(n), Some(LeverKind::Share)) => format!("{} %", n * 100),
        (Value::String(text), Some(LeverKind::Duration(unit))) if *unit != "s" && text.ends_with(" s") => {
            let one = duration(&format!("1 {unit}"));
            let time = duration(text).ok().zip(one.ok()).map(|(time, one)| time / one);
            time.map_or_else(|| text.clone(), |x| format!("{} {unit}", digits(x)))
        }
        (Value::String(text), _) => text.clone(),
        (Value::Float(x), _) => x.to_string(),
        (other, _) => other.to_string(),
    }
}

/// Four digits are what people say of a number that was worked out.
fn digits(x: f64) -> f64 {
    format!("{x:.3e}").parse().unwrap_or(x)
}

/// The scenario with levers moved.
///
/// # Errors
/// Levers that are not there or whose value cannot be written: which, and why.
pub fn moved(
    resolved: &Table,
    levers: &[Lever],
    values: &[(String, f64)],
) -> Result<Moved, Vec<(String, String)>> {
    let mut changed = resolved.clone();
    let mut wrong = Vec::new();
    for (id, _) in values {
        if levers.iter().all(|l| l.id != *id) {
            wrong.push((id.clone(), "this scenario has no such lever".to_owned()));
        }
    }
    // In the order of the levers, so that the result does not depend on the order of the moves.
    for lever in levers {
        let Some((_, value)) = values.iter().rev().find(|(id, _)| *id == lever.id) else { continue };
        match lever.refused(*value) {
            Some(why) => {
                // Labels of what is no number are sentences of their own.
                let told = match lever.kind {
                    LeverKind::Clock | LeverKind::Switch | LeverKind::Choice(_) => ": it ",
                    _ => " ",
                };
                wrong.push((lever.id.clone(), format!("{}{told}{why}", lever.label)));
            }
            None if *value == lever.value => {}
            None => lever.targets.iter().for_each(|t| t.apply(&mut changed, *value)),
        }
    }
    if wrong.is_empty() { Ok(Moved::of(resolved, &changed)) } else { Err(wrong) }
}

/// Says which named levers move nothing that the scenario has, or have ends that their values cannot be.
pub(crate) fn check(
    input: &crate::parts::ScenarioIn,
    resolved: &Table,
    cx: &mut crate::diagnostic::Problems,
) {
    let Some(named) = &input.lever else { return };
    let mut bare = resolved.clone();
    bare.remove("lever");
    let found = find::all(&bare);
    let ids: Vec<&str> = found.iter().map(|l| l.id.as_str()).collect();
    for (_, lever) in named.iter() {
        let Some(set) = lever.set.get() else { continue };
        let Some(at) = find::position(&found, set.as_str()) else {
            let note = cx.error(set.place, format!("this scenario has no lever `{}`", set.as_str()));
            match crate::diagnostic::nearest(set.as_str(), &ids) {
                Some(near) => note.help(format!("did you mean `{near}`?")),
                None => note.help(format!(
                    "its levers are {}",
                    ids.iter().take(12).copied().collect::<Vec<_>>().join(", ")
                )),
            };
            continue;
        };
        for (key, end) in [("low", &lever.low), ("high", &lever.high)] {
            let Some(end) = end else { continue };
            if found[at].read_end(&crate::input::Input::write(end)).is_none() {
                cx.error(set.place, format!("`{key}` of this lever is not written as its value is"));
            }
        }
    }
}

impl Lever {
    /// An end of the slider, written as the value is, in the unit of values.
    fn read_end(&self, value: &Value) -> Option<f64> {
        if let (LeverKind::Clock, Some(text)) = (&self.kind, value.as_str()) {
            let (h, m) = text.split_once(':')?;
            return Some(60.0 * h.parse::<f64>().ok()? + m.parse::<f64>().ok()?);
        }
        let written = pattern::WrittenNumber::of(value)?;
        let unit = match (&self.kind, &written.form) {
            (LeverKind::Duration(word), pattern::NumberForm::Duration) => match *word {
                "s" => 1.0,
                "min" => 60.0,
                "h" => 3_600.0,
                _ => 86_400.0,
            },
            (LeverKind::Rate(unit), pattern::NumberForm::Rate(other)) if unit == other => 1.0,
            (
                LeverKind::Whole | LeverKind::Number | LeverKind::Share | LeverKind::Factor,
                pattern::NumberForm::Whole | pattern::NumberForm::Number,
            ) => 1.0,
            _ => return None,
        };
        Some(tidy(written.base / unit))
    }

    /// Why a value cannot be written.
    fn refused(&self, value: f64) -> Option<String> {
        let most = match &self.kind {
            LeverKind::Choice(words) => words.len() as f64 - 1.0,
            LeverKind::Switch => 1.0,
            _ => self.most,
        };
        if !value.is_finite() {
            return Some("must be a number".to_owned());
        }
        if !(0.0..=most).contains(&value) {
            return Some(match &self.kind {
                LeverKind::Share => format!("must be from 0 to {} %", tidy(100.0 * most)),
                LeverKind::Duration(unit) => format!("must be from 0 to {most} {unit}"),
                LeverKind::Rate(unit) => format!("must be from 0 to {most} per {unit}"),
                LeverKind::Clock => "must be a time of day".to_owned(),
                LeverKind::Switch => "must be on or off".to_owned(),
                LeverKind::Choice(words) => format!("must be one of {}", words.join("; ")),
                LeverKind::Whole | LeverKind::Number | LeverKind::Factor => {
                    format!("must be from 0 to {most}")
                }
            });
        }
        (matches!(self.kind, LeverKind::Whole) && value.fract() != 0.0)
            .then(|| "must be a whole number".to_owned())
    }
}

impl LeverTarget {
    fn apply(&self, scenario: &mut Table, value: f64) {
        let Some((PathStep::Key(first), rest)) = self.path.split_first() else { return };
        let Some(mut at) = scenario.get_mut(first) else { return };
        for step in rest {
            let next = match (at, step) {
                (Value::Table(table), PathStep::Key(key)) => table.get_mut(key),
                (Value::Array(items), PathStep::Item(i)) => items.get_mut(*i),
                _ => None,
            };
            let Some(next) = next else { return };
            at = next;
        }
        match (&self.write, at) {
            (Write::Add(item), Value::Array(items)) if value < 0.5 => items.push(item.clone()),
            (write, at) => {
                if let Some(new) = write.value(value) {
                    *at = new;
                }
            }
        }
    }
}
