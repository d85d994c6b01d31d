//! Targets against a model: what each asks of a replication, and by how much it is met.
//!
//! A [`Check`] takes numerators and denominators from a replication's outcome, one pair or one for each
//! hour of the week, so that estimates over replications are ratios of sums. Its margin is how far the
//! estimate lies on the good side of the bound, or of what another scenario delivers.

use super::target::{Measure, Of, Scope, Target, TargetError, value};
use poolwise_engine::histogram::Histogram;
use poolwise_engine::integral::{COUNTS, Count};
use poolwise_engine::model::Model;
use poolwise_engine::outcome::{CentreFlow, Flow, LocalHour, Outcome, Waits};
use poolwise_engine::time::HOURS_OF_WEEK;
use poolwise_scenario::nearest;
use poolwise_stats::ratio_residuals;

/// Numerator and denominator of a measure in one replication.
pub type Pair = (f64, f64);

/// What one replication yields for one check: a pair, or one for each hour of the local week.
pub type Cells = Vec<Pair>;

/// Where a check looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Everywhere.
    All,
    /// At a centre.
    Centre(usize),
    /// A class.
    Class(usize),
    /// An area.
    Area(usize),
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
pub struct Check {
    /// In words.
    pub label: String,
    /// What is measured.
    pub measure: Measure,
    /// Where.
    pub place: Place,
    /// In each hour by itself.
    pub hourly: bool,
    /// Against what.
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
pub fn matching(model: &Model, margins: &Margins, reference: &str, hourly: bool) -> Vec<Check> {
    let t = model.run.target;
    let done = Measure::Done(t);
    let points = |x: f64| match (x * 1e5).round() / 1e3 {
        1.0 => "1 point".to_owned(),
        x => format!("{x} points"),
    };
    let check =
        |label: String, measure, hourly, bound| Check { label, measure, place: Place::All, hourly, bound };
    let mut list = vec![
        check(
            format!("{done}: {reference} less {}", points(margins.done)),
            done,
            false,
            Bound::Within(margins.done),
        ),
        check(
            format!("time p95: {reference} plus {} %", (margins.time * 1e5).round() / 1e3),
            Measure::TimeQuantile(0.95),
            false,
            Bound::WithinShare(margins.time),
        ),
    ];
    if loses(model) {
        list.push(check(
            format!("lost: {reference} plus {}", points(margins.lost)),
            Measure::Lost,
            false,
            Bound::Within(margins.lost),
        ));
    }
    list.push(check(
        format!("utilization <= {}", value(Measure::Utilization, margins.utilization)),
        Measure::Utilization,
        false,
        Bound::Fixed(margins.utilization),
    ));
    if hourly {
        list.push(check(
            format!("{done} in every hour: {reference} less {}", points(margins.done)),
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
pub fn resolve(targets: &[Target], model: &Model) -> Result<Vec<Check>, TargetError> {
    let mut checks = Vec::new();
    for target in targets {
        let wrong = |why: String| TargetError { text: target.to_string(), why };
        if matches!(target.measure, Measure::Lost | Measure::Avoidable) && !loses(model) {
            return Err(wrong(format!(
                "in scenario `{}` no class has a deadline: nothing is lost",
                model.name
            )));
        }
        for place in places(&target.scope, model).map_err(wrong)? {
            kept(target.measure, place, target.hourly).map_err(wrong)?;
            let one = Target { scope: at(place, model), ..target.clone() };
            checks.push(Check {
                label: one.to_string(),
                measure: target.measure,
                place,
                hourly: target.hourly,
                bound: Bound::Fixed(target.value),
            });
        }
    }
    Ok(checks)
}

fn at(place: Place, model: &Model) -> Scope {
    match place {
        Place::All => Scope::Overall,
        Place::Centre(c) => Scope::Centre(model.centres[c].name.clone()),
        Place::Class(c) => Scope::Named(model.classes[c].name.clone()),
        Place::Area(a) => Scope::Named(model.areas[a].name.clone()),
    }
}

fn places(scope: &Scope, model: &Model) -> Result<Vec<Place>, String> {
    let counted = |c: &usize| model.centres[*c].counted;
    Ok(match scope {
        Scope::Overall => vec![Place::All],
        Scope::EachCentre => (0..model.centres.len()).filter(counted).map(Place::Centre).collect(),
        Scope::EachClass => (0..model.classes.len()).map(Place::Class).collect(),
        Scope::EachArea => (0..model.areas.len()).map(Place::Area).collect(),
        Scope::Centre(name) => {
            let names: Vec<&str> = model.centres.iter().map(|c| c.name.as_str()).collect();
            vec![Place::Centre(find(name, &names).ok_or_else(|| unknown("centre", name, &names, model))?)]
        }
        Scope::Named(name) => {
            let classes: Vec<&str> = model.classes.iter().map(|c| c.name.as_str()).collect();
            let areas: Vec<&str> = model.areas.iter().map(|a| a.name.as_str()).collect();
            let all: Vec<&str> = classes.iter().chain(&areas).copied().collect();
            let place = find(name, &classes).map(Place::Class).or(find(name, &areas).map(Place::Area));
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
fn kept(measure: Measure, place: Place, hourly: bool) -> Result<(), String> {
    let where_ = match place {
        Place::All => "overall",
        Place::Centre(_) => "at a centre",
        Place::Class(_) => "for a class",
        Place::Area(_) => "for an area",
    };
    let overall = matches!(measure, Measure::Done(_) | Measure::TimeMean | Measure::TimeQuantile(_));
    let lost = matches!(measure, Measure::Lost | Measure::Avoidable);
    if matches!(place, Place::Centre(_)) && (overall || lost) {
        return Err(format!(
            "`{measure}` belongs to a request, which may pass several centres; at a centre ask for \
             `answered within`, `started within`, `delayed`, `wait mean`, `wait p95` or `utilization`"
        ));
    }
    if matches!(place, Place::Class(_) | Place::Area(_))
        && matches!(measure, Measure::Utilization | Measure::WaitQuantile(_))
    {
        return Err(format!("`{measure}` is known overall and at a centre, not {where_}"));
    }
    let by_hour = match measure {
        Measure::Done(_) => !matches!(place, Place::Class(_)),
        Measure::Answered(..) | Measure::Started(_) | Measure::Delayed | Measure::WaitMean => {
            !matches!(place, Place::Class(_))
        }
        Measure::Utilization => true,
        _ => false,
    };
    if hourly && !by_hour {
        return Err(format!(
            "`{measure}` {where_} is not kept by the hour; in every hour there are `done within`, \
             `answered within`, `started within`, `delayed`, `wait mean` and `utilization`"
        ));
    }
    Ok(())
}

impl Check {
    /// Names of its cells: one, or the hours of the week.
    pub fn cells(&self) -> usize {
        if self.hourly { HOURS_OF_WEEK } else { 1 }
    }

    /// The time within which it asks for completion, seconds.
    pub fn done_within(&self) -> Option<f64> {
        match self.measure {
            Measure::Done(t) => Some(t),
            _ => None,
        }
    }

    /// The time within which it asks for a start, seconds.
    pub fn started_within(&self) -> Option<f64> {
        match self.measure {
            Measure::Started(t) | Measure::Answered(t, _) => Some(t),
            Measure::Delayed => Some(0.0),
            _ => None,
        }
    }

    /// What a replication yields.
    pub fn read(&self, model: &Model, outcome: &Outcome) -> Cells {
        if self.hourly { self.by_hour(model, outcome) } else { vec![self.whole(model, outcome)] }
    }

    fn whole(&self, model: &Model, outcome: &Outcome) -> Pair {
        let flow = match self.place {
            Place::All => &outcome.total,
            Place::Class(c) => &outcome.classes[c],
            Place::Area(a) => &outcome.areas[a],
            Place::Centre(c) => return self.of_centre(&outcome.centres[c]),
        };
        match self.measure {
            Measure::Utilization => {
                let counted = model.centres.iter().zip(&outcome.centres).filter(|(c, _)| c.counted);
                counted.fold((0.0, 0.0), |sum, (_, flow)| plus(sum, utilization(flow)))
            }
            Measure::WaitQuantile(q) => {
                let mut waits = Histogram::new();
                let counted = model.centres.iter().zip(&outcome.centres).filter(|(c, _)| c.counted);
                counted.for_each(|(_, flow)| waits.merge(&flow.waits[0].waits));
                (waits.quantile(q), 1.0)
            }
            _ => self.of_flow(flow),
        }
    }

    fn of_flow(&self, flow: &Flow) -> Pair {
        let at_risk = (flow.met_deadline + flow.lost) as f64;
        let started = flow.first_wait_count as f64;
        match self.measure {
            Measure::Done(_) => (flow.target_met as f64, flow.target_cases as f64),
            Measure::Started(_) => (flow.first_wait_prompt as f64, started),
            Measure::Answered(_, of) => answered(
                of,
                [flow.answered, flow.offered, flow.gone_early],
                (flow.first_wait_prompt as f64, started),
            ),
            Measure::Delayed => ((flow.first_wait_count - flow.first_wait_prompt) as f64, started),
            Measure::WaitMean => (flow.first_wait_sum, started),
            Measure::TimeMean => (flow.completion_sum, flow.done as f64),
            Measure::TimeQuantile(q) => (flow.completion.quantile(q), 1.0),
            Measure::Lost => (flow.lost as f64, at_risk),
            Measure::Avoidable => ((flow.lost - flow.lost_anyway) as f64, at_risk),
            Measure::WaitQuantile(_) | Measure::Utilization => (f64::NAN, f64::NAN),
        }
    }

    fn of_centre(&self, flow: &CentreFlow) -> Pair {
        let waits = &flow.waits[0];
        let started = waits.started as f64;
        let prompt = waits.prompt_by_hour.iter().sum::<u64>() as f64;
        match self.measure {
            Measure::Started(_) => (prompt, started),
            Measure::Answered(_, of) => {
                let sum = |by_hour: &[u64]| by_hour.iter().sum::<u64>();
                let counts = [&waits.answered_by_hour, &waits.offered_by_hour, &waits.gone_early_by_hour];
                answered(of, counts.map(|by_hour| sum(by_hour)), (prompt, started))
            }
            Measure::Delayed => (started - prompt, started),
            Measure::WaitMean => (waits.sum, started),
            Measure::WaitQuantile(q) => (waits.waits.quantile(q), 1.0),
            Measure::Utilization => utilization(flow),
            _ => (f64::NAN, f64::NAN),
        }
    }

    fn by_hour(&self, model: &Model, outcome: &Outcome) -> Cells {
        let mut cells = vec![(0.0, 0.0); HOURS_OF_WEEK];
        match self.place {
            Place::Centre(c) => self.add_centre(&outcome.centres[c], &mut cells),
            Place::Area(a) => self.add_area(&outcome.local[a][..], &mut cells),
            Place::All if self.measure == Measure::Utilization => {
                let counted = model.centres.iter().zip(&outcome.centres).filter(|(c, _)| c.counted);
                counted.for_each(|(_, flow)| self.add_centre(flow, &mut cells));
            }
            Place::All | Place::Class(_) => {
                outcome.local.iter().for_each(|area| self.add_area(&area[..], &mut cells));
            }
        }
        cells
    }

    fn add_area(&self, hours: &[LocalHour], cells: &mut Cells) {
        for (cell, hour) in cells.iter_mut().zip(hours) {
            let started = f64::from(hour.wait_count);
            let prompt = f64::from(hour.prompt);
            let pair = match self.measure {
                Measure::Done(_) => (f64::from(hour.met), f64::from(hour.cases)),
                Measure::Started(_) => (prompt, started),
                Measure::Answered(_, of) => {
                    let counts = [hour.answered, hour.offered, hour.gone_early].map(u64::from);
                    answered(of, counts, (prompt, started))
                }
                Measure::Delayed => (started - prompt, started),
                _ => (hour.wait_sum, started),
            };
            *cell = plus(*cell, pair);
        }
    }

    fn add_centre(&self, flow: &CentreFlow, cells: &mut Cells) {
        let waits: &Waits = &flow.waits[0];
        for (h, cell) in cells.iter_mut().enumerate() {
            let started = waits.started_by_hour[h] as f64;
            let prompt = waits.prompt_by_hour[h] as f64;
            let count = |count: Count| flow.integrals.by_hour[count as usize % COUNTS][h];
            let pair = match self.measure {
                Measure::Started(_) => (prompt, started),
                Measure::Answered(_, of) => {
                    let counts =
                        [waits.answered_by_hour[h], waits.offered_by_hour[h], waits.gone_early_by_hour[h]];
                    answered(of, counts, (prompt, started))
                }
                Measure::Delayed => (started - prompt, started),
                Measure::WaitMean => (waits.sum_by_hour[h], started),
                _ => (count(Count::Busy) - count(Count::Overtime), count(Count::OnDuty)),
            };
            *cell = plus(*cell, pair);
        }
    }

    /// Margins of one cell, replication by replication: their mean is how far the estimate over all of
    /// them lies on the good side of the bound. NaN where nothing was observed.
    pub fn margins(&self, ours: &[Pair], theirs: &[Pair]) -> Vec<f64> {
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

/// A share answered in time, from the counts answered, offered and gone early, or from services begun.
fn answered(of: Of, [answered, offered, gone_early]: [u64; 3], begun: Pair) -> Pair {
    match of {
        Of::Offered => (answered as f64, offered as f64),
        Of::Staying => (answered as f64, (offered - gone_early) as f64),
        Of::Answered => begun,
    }
}

/// The estimate over replications.
pub fn ratio(pairs: &[Pair]) -> f64 {
    let sum = pairs.iter().fold((0.0, 0.0), |sum, pair| plus(sum, *pair));
    sum.0 / sum.1
}

fn linear(pairs: &[Pair]) -> Vec<f64> {
    let (n, d): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    ratio_residuals(&n, &d)
}

fn plus(a: Pair, b: Pair) -> Pair {
    (a.0 + b.0, a.1 + b.1)
}

fn utilization(flow: &CentreFlow) -> Pair {
    let total = |count| flow.integrals.total(0, count);
    (total(Count::Busy) - total(Count::Overtime), total(Count::OnDuty))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(measure: Measure, bound: Bound) -> Check {
        Check { label: String::new(), measure, place: Place::All, hourly: false, bound }
    }

    fn mean(x: &[f64]) -> f64 {
        x.iter().sum::<f64>() / x.len() as f64
    }

    #[test]
    fn margins_are_positive_on_the_good_side() {
        // Three of four, then 1 of 4: one half in all.
        let ours = [(3.0, 4.0), (1.0, 4.0)];
        let theirs = [(2.0, 4.0), (1.0, 4.0)];
        let done = Measure::Done(3_600.0);
        let close = |x: f64, want: f64| assert!((x - want).abs() < 1e-12, "{x} {want}");
        close(mean(&check(done, Bound::Fixed(0.4)).margins(&ours, &[])), 0.1);
        close(mean(&check(Measure::Lost, Bound::Fixed(0.4)).margins(&ours, &[])), -0.1);
        close(mean(&check(done, Bound::Within(0.01)).margins(&ours, &theirs)), 0.5 - 0.375 + 0.01);
        let slower = check(Measure::TimeQuantile(0.95), Bound::WithinShare(0.05));
        close(mean(&slower.margins(&[(2.0, 1.0)], &[(2.0, 1.0)])), 0.1);
        assert!(check(done, Bound::Fixed(0.4)).margins(&[(0.0, 0.0)], &[])[0].is_nan());
    }
}
