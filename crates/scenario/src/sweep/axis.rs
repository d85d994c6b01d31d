//! From an axis as it is written to its levels: ranges, steps, units, words.

use super::parts::{AxisIn, KindIn, LevelIn, PathIn};
use super::{Axis, AxisSpot, AxisTarget};
use crate::diagnostic::{Problems, list, nearest};
use crate::quantity::{self, TimeUnit};
use crate::scalar::Text;
use crate::source::TextSpan;
use poolwise_math::powf;

/// Most levels of one axis.
const MOST_LEVELS: f64 = 1_000_000.0;
/// Columns of results, which no axis may be called.
pub(super) const COLUMNS: [&str; 8] =
    ["point", "scenario", "id", "replication", "measure", "value", "numerator", "denominator"];

/// Reads an axis. Nothing comes back if nothing can be made of it; what is wrong goes to `cx`.
pub(super) fn resolve(name: &Text, input: &AxisIn, cx: &mut Problems) -> Option<Axis> {
    check_name(name, cx);
    let mut r = AxisReader { unit: None, words: Vec::new(), whole: input.whole, place: name.place, cx };
    if let Some(unit) = &input.unit {
        r.unit = Some(r.unit(unit)?);
    }
    let targets = targets(input, r.cx)?;
    let levels = match &input.values {
        Some(values) => {
            for (key, given) in [
                ("from", input.from.is_some()),
                ("to", input.to.is_some()),
                ("step", input.step.is_some()),
                ("steps", input.steps.is_some()),
                ("log_steps", input.log_steps.is_some()),
            ] {
                if given {
                    r.cx.error(name.place, format!("`{key}` cannot stand beside `values`"));
                    return None;
                }
            }
            Some(r.listed(&values.items, values.place)?)
        }
        None => None,
    };
    let range = r.range(input)?;
    let levels = match range {
        Some(range) => r.steps(input, range)?,
        None => levels,
    };
    let base = match &input.base {
        Some(level) => {
            let known = r.words.len();
            let value = r.level(level)?;
            if !r.words.is_empty() && r.words.len() > known {
                r.cx.error(place_of(level, name.place), "`base` is not among `values`");
                return None;
            }
            Some(value)
        }
        None => None,
    };
    let words = std::mem::take(&mut r.words);
    if !words.is_empty() && targets.iter().any(|t| t.times != 1.0 || t.plus != 0.0) {
        r.cx.error(name.place, "words cannot be multiplied: leave out `times` and `plus`");
        return None;
    }
    let log = input.log || input.log_steps.is_some();
    if log && range.is_some_and(|r| r.0 <= 0.0) {
        r.cx.error(name.place, "a logarithmic scale begins above 0");
        return None;
    }
    if log && range.is_none() {
        r.cx.error(name.place, "`log` is for a range with `from` and `to`");
        return None;
    }
    let unit = r.unit.map(|u| u.name);
    Some(Axis {
        name: name.value.clone(),
        label: input.label.as_ref().map_or_else(|| name.value.clone(), |l| l.0.clone()),
        unit,
        targets,
        words,
        levels,
        range,
        log,
        whole: input.whole,
        base,
        decision: input.kind == KindIn::Decision,
        scenarios: input
            .scenarios
            .as_ref()
            .map(|l| l.items.iter().map(|t| (t.value.clone(), AxisSpot(t.place))).collect()),
        uncertain: input.uncertain.as_ref().map(|t| (t.value.clone(), AxisSpot(t.place))),
        law: None,
        quantiles: Vec::new(),
        spot: AxisSpot(name.place),
    })
}

impl Axis {
    /// An axis of which only the scenarios know more.
    pub fn of_uncertain(name: String, word: String, spot: AxisSpot) -> Self {
        Self {
            name,
            label: word.clone(),
            unit: None,
            targets: Vec::new(),
            words: Vec::new(),
            levels: None,
            range: None,
            log: false,
            whole: false,
            base: None,
            decision: false,
            scenarios: None,
            uncertain: Some((word, spot)),
            law: None,
            quantiles: Vec::new(),
            spot,
        }
    }
}

/// A scenario's number in an axis' unit; `None` if it has another kind of unit.
pub fn in_unit(value: &toml::Value, unit: Option<&str>) -> Option<f64> {
    match (value, unit) {
        (toml::Value::Integer(i), None) => Some(*i as f64),
        (toml::Value::Float(x), None) => Some(*x),
        (toml::Value::String(text), Some(unit)) => {
            let (number, own) = quantity::with_unit(text)?;
            quantity::convert(number, &own, &quantity::named_unit(unit)?).map(round)
        }
        _ => None,
    }
}

/// The unit in which a scenario's number is written, if it has one.
pub fn unit_of(value: &toml::Value) -> Option<String> {
    Some(quantity::with_unit(value.as_str()?)?.1.name)
}

fn check_name(name: &Text, cx: &mut Problems) {
    let text = name.as_str();
    let fine = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !fine {
        cx.error(name.place, format!("an axis cannot be called {text:?}"))
            .help("a name is a letter, then letters, digits and `_`");
    }
    if COLUMNS.contains(&text) {
        cx.error(name.place, format!("an axis cannot be called `{text}`"))
            .help(format!("results have columns {}", list(&COLUMNS)));
    }
}

fn targets(input: &AxisIn, cx: &mut Problems) -> Option<Vec<AxisTarget>> {
    let plain = |t: &Text| AxisTarget {
        path: t.value.clone(),
        times: 1.0,
        plus: 0.0,
        spot: AxisSpot(t.place),
        scenarios: None,
    };
    let mut out: Vec<AxisTarget> = input.path.iter().map(plain).collect();
    for path in input.paths.iter().flat_map(|l| &l.items) {
        match path {
            PathIn::Alone(t) => out.push(plain(t)),
            PathIn::Scaled(s) => {
                let scaled = s.path.get().map(plain)?;
                out.push(AxisTarget { times: s.times.value, plus: s.plus.value, ..scaled });
            }
        }
    }
    if out.is_empty() && input.uncertain.is_none() {
        // Without the key altogether, that has been said.
        if let Some(paths) = &input.paths {
            cx.error(paths.place, "the list of paths is empty");
        }
        return None;
    }
    for target in &out {
        if target.path.contains('=') {
            cx.error(target.spot.0, "a path has no `=`; values stand in `values` or `from` and `to`");
            return None;
        }
    }
    Some(out)
}

fn place_of(level: &LevelIn, otherwise: TextSpan) -> TextSpan {
    match level {
        LevelIn::Number(n) => n.place,
        LevelIn::Text(t) => t.place,
        LevelIn::Switch(_) => otherwise,
    }
}

struct AxisReader<'a> {
    unit: Option<TimeUnit>,
    words: Vec<super::TextValue>,
    whole: bool,
    place: TextSpan,
    cx: &'a mut Problems,
}

impl AxisReader<'_> {
    fn unit(&mut self, text: &Text) -> Option<TimeUnit> {
        let found = quantity::named_unit(text.as_str());
        if found.is_none() {
            let known: Vec<String> = quantity::unit_names();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let note = self.cx.error(text.place, format!("unknown unit `{}`", text.as_str()));
            if let Some(near) = nearest(text.as_str(), &known) {
                note.label(format!("did you mean `{near}`?"));
            }
            note.help("units are of time (`s`, `min`, `h`, `days`, `weeks`) or of rates (`per hour`, `per day`, ...); \
                       numbers without a unit need none");
        }
        found
    }

    /// A level as a number: its value in the axis' unit, or the position of a word.
    fn level(&mut self, level: &LevelIn) -> Option<f64> {
        let place = place_of(level, self.place);
        match level {
            LevelIn::Number(n) if self.words.is_empty() => {
                let x = if self.whole { n.value.round() } else { n.value };
                Some(x)
            }
            LevelIn::Number(_) => {
                self.cx.error(place, "an axis has either numbers or words, not both");
                None
            }
            LevelIn::Switch(b) => Some(self.word(b.to_string(), b.to_string())),
            LevelIn::Text(t) => match quantity::with_unit(t.as_str()) {
                None => {
                    let toml = toml::Value::String(t.value.clone()).to_string();
                    Some(self.word(t.value.clone(), toml))
                }
                Some((value, unit)) => {
                    let mine = self.unit.get_or_insert_with(|| unit.clone());
                    let Some(x) = quantity::convert(value, &unit, mine) else {
                        let why = format!("{:?} is not in the axis' unit `{}`", t.value, mine.name);
                        self.cx.error(place, why);
                        return None;
                    };
                    let x = round(x);
                    Some(if self.whole { x.round() } else { x })
                }
            },
        }
    }

    fn word(&mut self, shown: String, toml: String) -> f64 {
        let at = self.words.iter().position(|w| w.toml == toml).unwrap_or_else(|| {
            self.words.push(super::TextValue { shown, toml });
            self.words.len() - 1
        });
        at as f64
    }

    fn listed(&mut self, items: &[LevelIn], place: TextSpan) -> Option<Vec<f64>> {
        if items.is_empty() {
            self.cx.error(place, "the list of values is empty");
            return None;
        }
        let mut out: Vec<f64> = Vec::new();
        for item in items {
            let known = self.words.len();
            let value = self.level(item)?;
            let here = place_of(item, place);
            if self.words.len() > known && known == 0 && !out.is_empty() {
                self.cx.error(here, "an axis has either numbers or words, not both");
                return None;
            }
            if out.contains(&value) {
                self.cx.error(here, "this value is listed twice");
                return None;
            }
            out.push(value);
        }
        Some(out)
    }

    /// The ends of the range, if there is one.
    #[allow(clippy::option_option, reason = "the outer one is failure, the inner one absence")]
    fn range(&mut self, input: &AxisIn) -> Option<Option<(f64, f64)>> {
        let (from, to) = match (&input.from, &input.to) {
            (None, None) => {
                let stray = [
                    ("step", input.step.is_some()),
                    ("steps", input.steps.is_some()),
                    ("log_steps", input.log_steps.is_some()),
                ];
                if input.values.is_none()
                    && let Some((key, _)) = stray.iter().find(|s| s.1)
                {
                    self.cx.error(self.place, format!("`{key}` needs `from` and `to`"));
                    return None;
                }
                return Some(None);
            }
            (Some(from), Some(to)) => (from, to),
            (from, _) => {
                let lacking = if from.is_some() { "to" } else { "from" };
                self.cx.error(self.place, format!("the range lacks `{lacking}`"));
                return None;
            }
        };
        let place = place_of(to, self.place);
        let (from, to) = (self.level(from)?, self.level(to)?);
        if !self.words.is_empty() {
            self.cx.error(place, "a range is between numbers; list words in `values`");
            return None;
        }
        if from >= to {
            self.cx.error(place, format!("`to` is {to}, not above `from`, which is {from}"));
            return None;
        }
        Some(Some((from, to)))
    }

    /// The levels of a range, if it has steps.
    #[allow(clippy::option_option, reason = "the outer one is failure, the inner one absence")]
    fn steps(&mut self, input: &AxisIn, (from, to): (f64, f64)) -> Option<Option<Vec<f64>>> {
        let mut levels: Vec<f64> = if let Some(step) = &input.step {
            let place = place_of(step, self.place);
            let step = self.level(step)?;
            if step <= 0.0 {
                self.cx.error(place, "`step` must be above 0");
                return None;
            }
            let n = ((to - from) / step + 1e-9).floor() + 1.0;
            if n > MOST_LEVELS {
                self.cx.error(place, format!("the axis has {n} levels; at most {MOST_LEVELS} are allowed"));
                return None;
            }
            (0..n as u32).map(|i| round(from + f64::from(i) * step)).collect()
        } else if let Some(n) = input.steps {
            let last = f64::from(n.count() - 1);
            (0..n.count()).map(|i| round(from + f64::from(i) / last * (to - from))).collect()
        } else if let Some(n) = input.log_steps {
            if from <= 0.0 {
                self.cx.error(self.place, "a logarithmic scale begins above 0");
                return None;
            }
            let last = f64::from(n.count() - 1);
            let level = |i: u32| match f64::from(i) {
                0.0 => from,
                i if i == last => to,
                i => round(from * powf(to / from, i / last)),
            };
            (0..n.count()).map(level).collect()
        } else {
            return Some(None);
        };
        if self.whole {
            levels.iter_mut().for_each(|x| *x = x.round());
            levels.dedup();
        }
        Some(Some(levels))
    }
}

/// Twelve significant digits: 0.1 + 0.2 is written 0.3.
pub fn round(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() { x } else { format!("{x:.11e}").parse().unwrap_or(x) }
}
