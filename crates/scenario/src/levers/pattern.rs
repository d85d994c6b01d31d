//! Reads values of a resolved scenario as levers take them.

use super::{Base, Lever, LeverKind, LeverTarget, PathStep, Write, tidy};
use crate::quantity::duration;
use toml::{Table, Value};

/// A number of a scenario as it is written, with the range that the scenario gives it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WrittenNumber {
    /// Its value: seconds for times, the number of the rate for rates.
    pub base: f64,
    pub form: NumberForm,
    /// Ends of what it may be, where it is uncertain.
    pub range: Option<(f64, f64)>,
    /// The word that ties it to others.
    pub together: Option<String>,
    pub standing: Option<&'static str>,
}

/// How a number is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NumberForm {
    Whole,
    Number,
    Duration,
    Rate(String),
}

/// Whether a table stands for one number.
pub(super) fn is_uncertain(table: &Table) -> bool {
    let single = |v: &Value| !v.is_table() && !v.is_array();
    table.get("base").is_some_and(single)
        && ["low", "uniform", "sd", "cv"].iter().any(|k| table.contains_key(*k))
}

impl WrittenNumber {
    /// Reads a number, a duration, a rate, or a table that stands for one.
    pub(super) fn of(value: &Value) -> Option<Self> {
        if let Value::Table(table) = value {
            if !is_uncertain(table) {
                return None;
            }
            let mut base = Self::of(table.get("base")?)?;
            let end = |v: &Value| Self::of(v).map(|w| w.base);
            base.range = match (table.get("low"), table.get("high"), table.get("uniform")) {
                (Some(low), Some(high), _) => end(low).zip(end(high)),
                (_, _, Some(Value::Array(ends))) => ends.first().and_then(end).zip(ends.get(1).and_then(end)),
                _ => None,
            };
            base.together = table.get("together").and_then(Value::as_str).map(str::to_owned);
            base.standing = table.get("standing").and_then(Value::as_str).and_then(standing);
            return Some(base);
        }
        let (base, form) = match value {
            Value::Integer(n) => (*n as f64, NumberForm::Whole),
            Value::Float(x) => (*x, NumberForm::Number),
            Value::String(text) => match text.split_once(" per ") {
                Some((number, unit)) => (number.parse().ok()?, NumberForm::Rate(unit.to_owned())),
                None => (duration(text).ok()?, NumberForm::Duration),
            },
            _ => return None,
        };
        Some(Self { base, form, range: None, together: None, standing: None })
    }

    fn as_base(&self) -> Base {
        match &self.form {
            NumberForm::Whole | NumberForm::Number => Base::Number(self.base),
            NumberForm::Duration => Base::Duration(self.base),
            NumberForm::Rate(unit) => Base::Rate(self.base, unit.clone()),
        }
    }
}

fn standing(word: &str) -> Option<&'static str> {
    ["fact", "derived", "outside", "assumption"].into_iter().find(|known| *known == word)
}

/// The unit in which people speak of a time of this length: word and seconds.
fn unit_of(seconds: f64) -> (&'static str, f64) {
    match seconds {
        s if s < 120.0 => ("s", 1.0),
        s if s < 3.0 * 3_600.0 => ("min", 60.0),
        s if s < 72.0 * 3_600.0 => ("h", 3_600.0),
        _ => ("days", 86_400.0),
    }
}

/// A step of 1, 2 or 5 times a power of ten: about a hundred of them in the range.
fn step_of(low: f64, high: f64) -> f64 {
    let rough = (high - low) / 100.0;
    if rough.is_nan() || rough <= 0.0 {
        return 1.0;
    }
    let mut power = 1e-6;
    while power * 10.0 <= rough {
        power *= 10.0;
    }
    let times = [1.0, 2.0, 5.0, 10.0].into_iter().find(|m| m * power >= rough * 0.999).unwrap_or(10.0);
    tidy(times * power)
}

/// A lever on numbers that are one thing: all written alike, or moved by a factor.
pub(super) fn number(
    group: &'static str,
    label: String,
    id: String,
    places: Vec<(Vec<PathStep>, WrittenNumber)>,
) -> Option<Lever> {
    let (_, first) = places.first()?;
    let standing = first.standing;
    let alike = places.iter().all(|(_, w)| w.base == first.base && w.form == first.form);
    if !alike {
        let ratio = |pick: fn(&(f64, f64)) -> f64| {
            let (w, r) = places.iter().find_map(|(_, w)| Some((w, w.range?)))?;
            (w.base > 0.0).then(|| pick(&r) / w.base)
        };
        let (low, high) = (ratio(|r| r.0).unwrap_or(0.5), ratio(|r| r.1).unwrap_or(2.0));
        let step = step_of(low, high);
        let targets = places
            .into_iter()
            .map(|(path, w)| LeverTarget { path, write: Write::Times(w.as_base()) })
            .collect();
        let kind = LeverKind::Factor;
        return Some(Lever {
            id,
            group: group.into(),
            label,
            kind,
            value: 1.0,
            low,
            high,
            step,
            most: 1_000.0,
            standing,
            targets,
        });
    }
    let share = matches!(first.form, NumberForm::Number) && first.base <= 1.0 && group_is_of_shares(group);
    let (kind, unit) = match &first.form {
        NumberForm::Whole => (LeverKind::Whole, 1.0),
        NumberForm::Number if share => (LeverKind::Share, 1.0),
        NumberForm::Number => (LeverKind::Number, 1.0),
        NumberForm::Duration => {
            let (word, seconds) = unit_of(first.base);
            (LeverKind::Duration(word), seconds)
        }
        NumberForm::Rate(unit) => (LeverKind::Rate(unit.clone()), 1.0),
    };
    let value = tidy(first.base / unit);
    let (low, high) = match first.range {
        Some((low, high)) => (tidy(low / unit), tidy(high / unit)),
        None if share && value == 0.0 => (0.0, 0.5),
        None if share => (0.0, (2.0 * value).min(1.0)),
        None if value == 0.0 => (0.0, 10.0),
        None => (tidy(value / 2.0), tidy(value * 2.0)),
    };
    let (low, high, step) = match kind {
        LeverKind::Whole => (low.floor(), high.ceil(), step_of(low, high).max(1.0).round()),
        _ => (low, high, step_of(low, high)),
    };
    let write = match &first.form {
        NumberForm::Whole => Write::Whole,
        NumberForm::Number => Write::Number,
        NumberForm::Duration => Write::Duration(unit),
        NumberForm::Rate(unit) => Write::Rate(unit.clone()),
    };
    let most = match kind {
        LeverKind::Share => 1.0,
        LeverKind::Whole => 1e6,
        _ => 1e9,
    };
    let targets = places.into_iter().map(|(path, _)| LeverTarget { path, write: write.clone() }).collect();
    Some(Lever { id, group: group.into(), label, kind, value, low, high, step, most, standing, targets })
}

fn group_is_of_shares(group: &str) -> bool {
    matches!(group, "Shares" | "Routing" | "Absence")
}
