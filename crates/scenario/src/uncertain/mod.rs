//! Numbers that nobody knows well: `{ low, base, high }` or a distribution in the place of a number.
//!
//! Ordinary commands take `base`. What the number might be instead is kept beside the scenario as a list
//! of [`UncertainInput`]s, each with the path under which `--set` finds it, so that an experiment can ask
//! for a value at any quantile and load the scenario with it.

mod paths;
mod read;

pub(crate) use paths::quoted;
pub use paths::{located, restore};
pub use read::{NotedInput, accepts, enters, is, merge, read, schema};

use super::diagnostic::Problems;
use super::input::Input;
use super::node::Node;
use super::quantity::{convert, named_unit, with_unit, write_duration};
use crate::describe::Schema;
use poolwise_math::{exp, ln_1p, normal_cdf, normal_quantile};
use serde::Serialize;
use toml::Value;

/// A normal distribution is cut at so many standard deviations from its base, as well as where the key's
/// own limits are.
const NORMAL_CUT: f64 = 4.0;
/// Decimals of a round value, at most.
const DECIMALS: usize = 12;

/// A kind of number that may be uncertain.
pub trait UncertainNumber: Input + Copy {
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
    fn form(&self) -> AmountForm;
    /// The schema of a plain number.
    fn plain_schema() -> Schema;
}

/// How amounts are written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AmountForm {
    /// As a number.
    Number,
    /// As a whole number.
    Whole,
    /// As a duration; amounts are seconds.
    Duration,
    /// As a rate; amounts are per second. The unit's word and its seconds.
    Rate(&'static str, f64),
}

impl AmountForm {
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
pub enum UncertainLaw {
    /// Triangular between limits with its mode at the base.
    Triangular {
        /// Least value that the number may have, in its own unit.
        low: f64,
        /// Greatest value that the number may have, in its own unit.
        high: f64,
    },
    /// Uniform between limits.
    Uniform {
        /// Least value that the number may have, in its own unit.
        low: f64,
        /// Greatest value that the number may have, in its own unit.
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
    /// Distribution that its values are drawn from.
    pub law: UncertainLaw,
    /// The base in the unit of amounts.
    pub base: f64,
    /// Unit of amounts: seconds, per second, or empty.
    pub unit: &'static str,
    /// The base as the scenario writes it.
    pub base_text: Value,
    /// Limits of the key itself.
    limits: (f64, f64),
    form: AmountForm,
    /// The table as it is written into the resolved scenario.
    table: toml::Table,
}

impl UncertainInput {
    /// What it is drawn with: the word that ties it to others, or its own path.
    pub fn group(&self) -> &str {
        self.together.as_deref().unwrap_or(&self.path)
    }

    /// The amount at quantile `u`, `0 < u < 1`.
    pub(crate) fn amount(&self, u: f64) -> f64 {
        let (least, most) = self.limits;
        let x = match self.law {
            UncertainLaw::Triangular { low, high } => triangular(low, self.base, high, u),
            // Each whole number between the limits is equally likely.
            UncertainLaw::Uniform { low, high } if self.form == AmountForm::Whole => {
                (low + u * (high - low + 1.0)).floor().min(high)
            }
            UncertainLaw::Uniform { low, high } => low + u * (high - low),
            UncertainLaw::Normal { sd } => {
                let p = |x: f64| normal_cdf((x - self.base) / sd);
                let from = p(least.max(self.base - NORMAL_CUT * sd));
                let to = p(most.min(self.base + NORMAL_CUT * sd));
                self.base + sd * normal_quantile(from + u * (to - from))
            }
            UncertainLaw::Lognormal { cv } => self.base * exp(normal_quantile(u) * ln_1p(cv * cv).sqrt()),
        };
        let x = if self.form == AmountForm::Whole { x.round() } else { x };
        x.clamp(least, most)
    }

    /// The value at quantile `u` as the scenario writes it.
    pub fn value(&self, u: f64) -> Value {
        self.form.write(self.amount(u))
    }

    /// The change that sets it to quantile `u`: `path=value`, for [`crate::Overrides::sets`].
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

    /// The same to read: limits as they were written, other ends to four digits in the unit of the base.
    pub fn range_words(&self) -> (String, String) {
        let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let (low, high) = self.range();
        if matches!(self.law, UncertainLaw::Triangular { .. } | UncertainLaw::Uniform { .. })
            || self.form == AmountForm::Whole
        {
            return (text(&low), text(&high));
        }
        let (low, high) = self.ends();
        (self.near(low, 4), self.near(high, 4))
    }

    /// The value at quantile `u` to read: so many digits, in the unit of the base.
    pub fn value_words(&self, u: f64, digits: usize) -> String {
        self.near(self.amount(u), digits)
    }

    /// A round value about `share` of the way from the base to the high or the low end, as the scenario would write it, and how far
    /// on the way it is. Round is what is a multiple of 1, 2 or 5 of a power of ten, at most a sixteenth of the way.
    pub fn toward(&self, high: bool, share: f64) -> (Value, f64) {
        let (low, top) = self.ends();
        let end = if high { top } else { low };
        let whole = match self.form {
            AmountForm::Rate(..) => named_unit("per second"),
            _ => named_unit("s"),
        };
        let unit = self.base_text.as_str().and_then(with_unit).map(|(_, unit)| unit);
        let units = whole.zip(unit);
        let written = |amount: f64| {
            units.as_ref().and_then(|(whole, unit)| convert(amount, whole, unit)).unwrap_or(amount)
        };
        let (base, end) = (written(self.base), written(end));
        let least = if self.form == AmountForm::Whole { 1.0 } else { 0.0 };
        let (step, decimals) = round_step(((end - base) / 16.0).abs().max(least));
        let x = ((base + share * (end - base)) / step).round() * step;
        let x: f64 = format!("{x:.decimals$}").parse().unwrap_or(x);
        let value = match (&units, self.form) {
            (Some((_, unit)), _) => Value::String(format!("{x} {}", unit.name)),
            (None, AmountForm::Whole) => Value::Integer(x as i64),
            (None, AmountForm::Number) => Value::Float(x),
            (None, form) => form.write(x),
        };
        (value, if end == base { 0.0 } else { (x - base) / (end - base) })
    }

    /// An amount with so many digits, in the unit of the base.
    fn near(&self, amount: f64, digits: usize) -> String {
        let near = |x: f64| format!("{x:.*e}", digits.max(1) - 1).parse().unwrap_or(x);
        let whole = match self.form {
            AmountForm::Rate(..) => named_unit("per second"),
            _ => named_unit("s"),
        };
        let unit = self.base_text.as_str().and_then(with_unit).map(|(_, unit)| unit);
        match whole.zip(unit) {
            Some((whole, unit)) => {
                format!("{} {}", near(convert(amount, &whole, &unit).unwrap_or(amount)), unit.name)
            }
            None => near(amount).to_string(),
        }
    }

    /// The same as amounts.
    pub(crate) fn ends(&self) -> (f64, f64) {
        match self.law {
            UncertainLaw::Triangular { low, high } | UncertainLaw::Uniform { low, high } => (low, high),
            UncertainLaw::Normal { .. } | UncertainLaw::Lognormal { .. } => {
                (self.amount(0.05), self.amount(0.95))
            }
        }
    }

    /// The distribution in words.
    pub fn law_words(&self) -> &'static str {
        match self.law {
            UncertainLaw::Triangular { .. } => "triangular",
            UncertainLaw::Uniform { .. } => "uniform",
            UncertainLaw::Normal { .. } => "normal (5 to 95 %)",
            UncertainLaw::Lognormal { .. } => "lognormal (5 to 95 %)",
        }
    }
}

/// The uncertain inputs of a scenario, in its order.
pub fn inputs(scenario: &super::Scenario) -> &[UncertainInput] {
    &scenario.uncertain
}

/// The greatest step of 1, 2 or 5 times a power of ten that is no greater, and the decimals that its multiples have.
fn round_step(most: f64) -> (f64, usize) {
    if !(most.is_finite() && most > 0.0) {
        return (1.0, 0);
    }
    let (mut ten, mut decimals) = (1.0, 0);
    while ten > most && decimals < DECIMALS {
        decimals += 1;
        ten = format!("1e-{decimals}").parse().unwrap_or(ten / 10.0);
    }
    while 10.0 * ten <= most {
        ten *= 10.0;
    }
    let factor = [5.0, 2.0].into_iter().find(|k| k * ten <= most).unwrap_or(1.0);
    (factor * ten, decimals)
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

#[cfg(test)]
mod tests;
