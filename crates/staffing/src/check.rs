//! Targets against a model: what each asks of a replication, and by how much it is met.
//!
//! A [`TargetCheck`] takes numerators and denominators from a replication's outcome, one pair or one for each
//! hour of the week, so that estimates over replications are ratios of sums. Its margin is how far the
//! estimate lies on the good side of the bound, or of what another scenario delivers.

use super::target::{Scope, Target, TargetError, TargetMeasure, said, value};
use poolwise_engine::histogram::Histogram;
use poolwise_engine::model::Model;
use poolwise_engine::outcome::Outcome;
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK};
use poolwise_scenario::nearest;
use poolwise_stats::ratio_residuals;
use poolwise_study::measures::{self, Part, Value};

/// Numerator and denominator of a measure in one replication.
pub(crate) type Pair = (f64, f64);

/// What one replication yields for one check: a pair, or one for each hour of the local week.
pub(crate) type TargetCells = Vec<Pair>;

/// Where a check looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetPlace {
    /// The scenario as a whole.
    All,
    /// At a centre.
    Centre(usize),
    /// A class.
    Class(usize),
    /// An area.
    Area(usize),
}

impl TargetPlace {
    /// The part of a replication that the catalogue of measures reads there.
    fn part<'a>(self, model: &'a Model, outcome: &'a Outcome) -> Part<'a> {
        let (place, id) = match self {
            Self::All => (measures::PlaceKind::Whole, 0),
            Self::Centre(c) => (measures::PlaceKind::Centre, c),
            Self::Class(c) => (measures::PlaceKind::Class, c),
            Self::Area(a) => (measures::PlaceKind::Area, a),
        };
        Part::of(model, outcome, place, id)
    }
}

/// What the measure is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// A number: a share or seconds.
    Fixed(f64),
    /// What the reference scenario delivers, give or take so much in the measure's unit.
    Within(f64),
    /// What the reference scenario delivers, times one plus this.
    WithinShare(f64),
}

/// A target at one place of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetCheck {
    /// The target as it is written on the command line, by which it is known.
    pub label: String,
    /// The same as sentences and tables say it.
    pub said: String,
    /// What is measured.
    pub measure: TargetMeasure,
    /// Where it must hold.
    pub place: TargetPlace,
    /// In each hour by itself.
    pub hourly: bool,
    /// The limit that the measure is held against.
    pub bound: Bound,
}

/// Margins of the service that another scenario delivers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margins {
    /// Share done within T may be less by this.
    pub done: f64,
    /// 95th percentile of the time to completion may be longer by this share.
    pub time: f64,
    /// Share lost may be more by this.
    pub lost: f64,
    /// Utilization may be this at most.
    pub utilization: f64,
}

impl Default for Margins {
    fn default() -> Self {
        Self { done: 0.01, time: 0.05, lost: 0.001, utilization: 0.85 }
    }
}

/// The checks of matching another scenario's service: share done within T, 95th percentile of the time
/// to completion and share lost not inferior, utilization within its limit; with `hourly`, the share
/// done in every hour as well.
pub(crate) fn matching(model: &Model, margins: &Margins, reference: &str, hourly: bool) -> Vec<TargetCheck> {
    let t = model.run.target;
    let done = TargetMeasure::Done(t);
    let points = |x: f64| match (x * 1e5).round() / 1e3 {
        1.0 => "1 point".to_owned(),
        x => format!("{x} points"),
    };
    let check = |label: String, said: String, measure, hourly, bound| TargetCheck {
        label,
        said,
        measure,
        place: TargetPlace::All,
        hourly,
        bound,
    };
    let mut list = vec![
        check(
            format!("{done}: {reference} less {}", points(margins.done)),
            format!("at most {} fewer {done}", points(margins.done)),
            done,
            false,
            Bound::Within(margins.done),
        ),
        check(
            format!("time p95: {reference} plus {} %", (margins.time * 1e5).round() / 1e3),
            format!("95 of 100 done at most {} % later", (margins.time * 1e5).round() / 1e3),
            TargetMeasure::TimeQuantile(0.95),
            false,
            Bound::WithinShare(margins.time),
        ),
    ];
    if loses(model) {
        list.push(check(
            format!("lost: {reference} plus {}", points(margins.lost)),
            format!("at most {} more lost in all", points(margins.lost)),
            TargetMeasure::Lost,
            false,
            Bound::Within(margins.lost),
        ));
    }
    list.push(check(
        format!("utilization <= {}", value(TargetMeasure::Utilization, margins.utilization)),
        said(TargetMeasure::Utilization, margins.utilization),
        TargetMeasure::Utilization,
        false,
        Bound::Fixed(margins.utilization),
    ));
    if hourly {
        list.push(check(
            format!("{done} in every hour: {reference} less {}", points(margins.done)),
            format!("at most {} fewer {done} in every hour", points(margins.done)),
            done,
            true,
            Bound::Within(margins.done),
        ));
    }
    list
}

fn loses(model: &Model) -> bool {
    model.classes.iter().any(|c| c.deadline.is_some())
}

/// Targets at the places of a model: `each` becomes one check for each.
///
/// # Errors
/// A name that the scenario does not have, or a measure that is not kept where it is asked for.
pub fn resolve(targets: &[Target], model: &Model) -> Result<Vec<TargetCheck>, TargetError> {
    let mut checks = Vec::new();
    for target in targets {
        let wrong = |why: String| TargetError { text: target.to_string(), why };
        if matches!(target.measure, TargetMeasure::Lost | TargetMeasure::Avoidable) && !loses(model) {
            return Err(wrong(format!(
                "in scenario `{}` no class has a deadline: nothing is lost",
                model.name
            )));
        }
        for place in places(&target.scope, model).map_err(wrong)? {
            kept(target.measure, place, target.hourly).map_err(wrong)?;
            let one = Target { scope: at(place, model), ..target.clone() };
            checks.push(TargetCheck {
                label: one.to_string(),
                said: one.in_words(),
                measure: target.measure,
                place,
                hourly: target.hourly,
                bound: Bound::Fixed(target.value),
            });
        }
    }
    Ok(checks)
}

fn at(place: TargetPlace, model: &Model) -> Scope {
    match place {
        TargetPlace::All => Scope::Overall,
        TargetPlace::Centre(c) => Scope::Centre(model.centres[c].name.clone()),
        TargetPlace::Class(c) => Scope::Named(model.classes[c].name.clone()),
        TargetPlace::Area(a) => Scope::Named(model.areas[a].name.clone()),
    }
}

fn places(scope: &Scope, model: &Model) -> Result<Vec<TargetPlace>, String> {
    let counted = |c: &usize| model.centres[*c].counted;
    Ok(match scope {
        Scope::Overall => vec![TargetPlace::All],
        Scope::EachCentre => (0..model.centres.len()).filter(counted).map(TargetPlace::Centre).collect(),
        Scope::EachClass => (0..model.classes.len()).map(TargetPlace::Class).collect(),
        Scope::EachArea => (0..model.areas.len()).map(TargetPlace::Area).collect(),
        Scope::Centre(name) => {
            let names: Vec<&str> = model.centres.iter().map(|c| c.name.as_str()).collect();
            vec![TargetPlace::Centre(
                find(name, &names).ok_or_else(|| unknown("centre", name, &names, model))?,
            )]
        }
        Scope::Named(name) => {
            let classes: Vec<&str> = model.classes.iter().map(|c| c.name.as_str()).collect();
            let areas: Vec<&str> = model.areas.iter().map(|a| a.name.as_str()).collect();
            let all: Vec<&str> = classes.iter().chain(&areas).copied().collect();
            let place =
                find(name, &classes).map(TargetPlace::Class).or(find(name, &areas).map(TargetPlace::Area));
            vec![place.ok_or_else(|| unknown("class or area", name, &all, model))?]
        }
    })
}

fn find(name: &str, names: &[&str]) -> Option<usize> {
    let exact = names.iter().position(|n| *n == name);
    exact.or_else(|| names.iter().position(|n| n.eq_ignore_ascii_case(name)))
}

fn unknown(what: &str, name: &str, names: &[&str], model: &Model) -> String {
    let near = nearest(name, names).map_or_else(String::new, |n| format!(" (did you mean `{n}`?)"));
    let shown: Vec<&str> = names.iter().take(12).copied().collect();
    let more = if names.len() > shown.len() { ", ..." } else { "" };
    format!("scenario `{}` has no {what} `{name}`{near}. It has {}{more}", model.name, shown.join(", "))
}

/// Whether a measure is kept at a place, and by the hour.
fn kept(measure: TargetMeasure, place: TargetPlace, hourly: bool) -> Result<(), String> {
    let where_ = match place {
        TargetPlace::All => "overall",
        TargetPlace::Centre(_) => "at a centre",
        TargetPlace::Class(_) => "for a class",
        TargetPlace::Area(_) => "for an area",
    };
    let overall =
        matches!(measure, TargetMeasure::Done(_) | TargetMeasure::TimeMean | TargetMeasure::TimeQuantile(_));
    let lost = matches!(measure, TargetMeasure::Lost | TargetMeasure::Avoidable);
    if matches!(place, TargetPlace::Centre(_)) && (overall || lost) {
        return Err(format!(
            "`{measure}` belongs to a request, which may pass several centres; at a centre ask for \
             `answered within`, `started within`, `delayed`, `wait mean`, `wait p95` or `utilization`"
        ));
    }
    if matches!(place, TargetPlace::Class(_) | TargetPlace::Area(_))
        && matches!(measure, TargetMeasure::Utilization | TargetMeasure::WaitQuantile(_))
    {
        return Err(format!("`{measure}` is known overall and at a centre, not {where_}"));
    }
    let hour = measures::by_hour(measure.name());
    let by_hour = match place {
        TargetPlace::Centre(_) => hour.centre.is_some(),
        TargetPlace::Area(_) => hour.requests.is_some(),
        TargetPlace::All => hour.requests.is_some() || hour.centre.is_some(),
        TargetPlace::Class(_) => false,
    };
    if hourly && !by_hour {
        return Err(format!(
            "`{measure}` {where_} is not kept by the hour; in every hour there are `done within`, \
             `answered within`, `started within`, `delayed`, `wait mean` and `utilization`"
        ));
    }
    Ok(())
}

impl TargetCheck {
    /// Names of its cells: one, or the hours of the week.
    pub(crate) fn cells(&self) -> usize {
        if self.hourly { HOURS_OF_WEEK } else { 1 }
    }

    /// The time within which it asks for completion, seconds.
    pub(crate) fn done_within(&self) -> Option<f64> {
        match self.measure {
            TargetMeasure::Done(t) => Some(t),
            _ => None,
        }
    }

    /// The time within which it asks for a start, seconds.
    pub(crate) fn started_within(&self) -> Option<f64> {
        match self.measure {
            TargetMeasure::Started(t) | TargetMeasure::Answered(t, _) => Some(t),
            TargetMeasure::Delayed => Some(0.0),
            _ => None,
        }
    }

    /// What a replication yields.
    pub(crate) fn read(&self, model: &Model, outcome: &Outcome) -> TargetCells {
        if self.hourly { self.by_hour(model, outcome) } else { vec![self.whole(model, outcome)] }
    }

    fn whole(&self, model: &Model, outcome: &Outcome) -> Pair {
        let part = self.place.part(model, outcome);
        let name = self.measure.name();
        if let TargetMeasure::WaitQuantile(q) | TargetMeasure::TimeQuantile(q) = self.measure {
            // The catalogue has one percentile; others are those of the same times.
            let quantile = match measures::times(name, &part) {
                Some(times) => times.quantile(q),
                None => {
                    let mut all = Histogram::new();
                    let parts = counted(model).map(|c| TargetPlace::Centre(c).part(model, outcome));
                    parts.filter_map(|p| measures::times(name, &p)).for_each(|times| all.merge(times));
                    all.quantile(q)
                }
            };
            return (quantile, 1.0);
        }
        let read = measures::find(name).and_then(|m| m.read_at(part.place));
        match read.map(|read| part.read(read)) {
            Some(Value::Ratio(n, d)) => self.in_unit((n, d)),
            Some(Value::Known(x) | Value::Plain(x)) => self.in_unit((x, 1.0)),
            None => (f64::NAN, f64::NAN),
        }
    }

    /// A pair of the catalogue in the unit of targets: times in seconds, a share delayed for one that is not.
    fn in_unit(&self, (n, d): Pair) -> Pair {
        match self.measure {
            TargetMeasure::Delayed => (d - n, d),
            _ if self.measure.is_share() => (n, d),
            _ => (n * HOUR, d),
        }
    }

    fn by_hour(&self, model: &Model, outcome: &Outcome) -> TargetCells {
        let mut cells = vec![(0.0, 0.0); HOURS_OF_WEEK];
        let read = measures::by_hour(self.measure.name());
        let mut add = |h: usize, pair: Pair| cells[h] = plus(cells[h], self.in_unit(pair));
        match (self.place, read.requests, read.centre) {
            (TargetPlace::Centre(c), _, Some(read)) => {
                (0..HOURS_OF_WEEK).for_each(|h| add(h, read(&outcome.centres[c], h)));
            }
            (TargetPlace::Area(a), Some(read), _) => {
                outcome.local[a].iter().enumerate().for_each(|(h, hour)| add(h, read(hour)));
            }
            (TargetPlace::All | TargetPlace::Class(_), Some(read), _) => {
                for area in &outcome.local {
                    area.iter().enumerate().for_each(|(h, hour)| add(h, read(hour)));
                }
            }
            (TargetPlace::All, None, Some(read)) => {
                for c in counted(model) {
                    (0..HOURS_OF_WEEK).for_each(|h| add(h, read(&outcome.centres[c], h)));
                }
            }
            _ => cells.fill((f64::NAN, f64::NAN)),
        }
        cells
    }

    /// Margins of one cell, replication by replication: their mean is how far the estimate over all of
    /// them lies on the good side of the bound. NaN where nothing was observed.
    pub(crate) fn margins(&self, ours: &[Pair], theirs: &[Pair]) -> Vec<f64> {
        let sign = if self.measure.more_is_better() { 1.0 } else { -1.0 };
        let x = linear(ours);
        match self.bound {
            Bound::Fixed(bound) => x.iter().map(|x| sign * (x - bound)).collect(),
            Bound::Within(give) => {
                let y = linear(&theirs[..ours.len().min(theirs.len())]);
                x.iter().zip(&y).map(|(x, y)| sign * (x - y) + give).collect()
            }
            Bound::WithinShare(give) => {
                let y = linear(&theirs[..ours.len().min(theirs.len())]);
                x.iter().zip(&y).map(|(x, y)| sign * (x - y * (1.0 - sign * give))).collect()
            }
        }
    }
}

/// Centres that count in totals.
fn counted(model: &Model) -> impl Iterator<Item = usize> + '_ {
    (0..model.centres.len()).filter(|c| model.centres[*c].counted)
}

/// The estimate over replications.
pub(crate) fn ratio(pairs: &[Pair]) -> f64 {
    let sum = pairs.iter().fold((0.0, 0.0), |sum, pair| plus(sum, *pair));
    sum.0 / sum.1
}

pub(crate) fn linear(pairs: &[Pair]) -> Vec<f64> {
    let (n, d): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    ratio_residuals(&n, &d)
}

fn plus(a: Pair, b: Pair) -> Pair {
    (a.0 + b.0, a.1 + b.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(measure: TargetMeasure, bound: Bound) -> TargetCheck {
        TargetCheck {
            label: String::new(),
            said: String::new(),
            measure,
            place: TargetPlace::All,
            hourly: false,
            bound,
        }
    }

    fn mean(x: &[f64]) -> f64 {
        x.iter().sum::<f64>() / x.len() as f64
    }

    #[test]
    fn margins_are_positive_on_the_good_side() {
        // Three of four, then 1 of 4: one half in all.
        let ours = [(3.0, 4.0), (1.0, 4.0)];
        let theirs = [(2.0, 4.0), (1.0, 4.0)];
        let done = TargetMeasure::Done(3_600.0);
        let close = |x: f64, want: f64| assert!((x - want).abs() < 1e-12, "{x} {want}");
        close(mean(&check(done, Bound::Fixed(0.4)).margins(&ours, &[])), 0.1);
        close(mean(&check(TargetMeasure::Lost, Bound::Fixed(0.4)).margins(&ours, &[])), -0.1);
        close(mean(&check(done, Bound::Within(0.01)).margins(&ours, &theirs)), 0.5 - 0.375 + 0.01);
        let slower = check(TargetMeasure::TimeQuantile(0.95), Bound::WithinShare(0.05));
        close(mean(&slower.margins(&[(2.0, 1.0)], &[(2.0, 1.0)])), 0.1);
        assert!(check(done, Bound::Fixed(0.4)).margins(&[(0.0, 0.0)], &[])[0].is_nan());
    }
}
