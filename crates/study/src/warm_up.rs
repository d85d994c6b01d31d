//! How many weeks of warm-up a run needs: what the marginal standard error rule proposes, and whether the
//! stated warm-up is too short.
//!
//! The series is the number of requests at the counted centres, waiting and in service, from the start of the
//! warm-up, averaged over replications. Where arrivals and officers do not change it is taken by the hour,
//! in batches of five (MSER-5). Where they do, it is taken by the week with the expected demand of each week
//! divided out, since the rule would take the week for a transient; in batches of five where there are a
//! hundred weeks, week by week otherwise, as batches of five would propose in steps of five weeks.
//!
//! The rule's minimum wanders in a series that is steady. So a stated warm-up is called too short only where
//! the weeks between it and the proposal differ from those after it beyond chance: replication by
//! replication, by a Student-t interval of 99 %.

use super::replicate::Replicated;
use poolwise_engine::model::{Demand, Levels};
use poolwise_engine::model::{LevelPlan, Model, PoolKind, Profile};
use poolwise_engine::time::{HOURS_OF_WEEK, WEEK};
use poolwise_planning::offered_load;
use poolwise_stats::Estimate;
use poolwise_stats::warmup::{MSER5, Truncation, average, deseasonalise, mser};
use serde::Serialize;

/// Fewest weeks for batches of five.
const LONG: usize = 100;
/// Confidence at which a warm-up is found too short.
const CONFIDENCE: f64 = 0.99;

/// What is proposed, what was stated, and the picture's data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WarmUp {
    /// The rule and the series, in words.
    pub method: String,
    /// Warm-up that the scenario states, weeks.
    pub stated_weeks: f64,
    /// What the rule leaves out, hours; absent where the run is too short to tell.
    pub proposed_hours: Option<f64>,
    /// The same in whole weeks, as a warm-up is stated.
    pub proposed_weeks: Option<f64>,
    /// The proposal lies at the end of the search, half the run: the run is too short, or does not settle.
    pub at_edge: bool,
    /// The stated warm-up is shorter than proposed and the difference is beyond chance.
    pub too_short: bool,
    /// Requests between the stated and the proposed warm-up less those after it, mean number; with its
    /// 99 % interval. Absent where nothing lies between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Estimate>,
    /// Hours of a step of the series.
    #[serde(skip)]
    pub step_hours: f64,
    /// The series: mean number of requests, season divided out where there is one.
    #[serde(skip)]
    pub series: Vec<f64>,
    /// The rule's statistic: `(steps left out, value)`.
    #[serde(skip)]
    pub curve: Vec<(usize, f64)>,
}

/// Whether arrivals or officers change with the time of day, week or year.
pub(crate) fn changes(model: &Model) -> bool {
    let officers = model.centres.iter().flat_map(|c| &c.pools).any(|pool| !is_steady(&pool.kind));
    demand_changes(model) || officers || !model.exceptions.is_empty()
}

/// Whether arrivals change with the time of day, week or year.
pub(crate) fn demand_changes(model: &Model) -> bool {
    model.classes.iter().any(|class| match &class.demand {
        Demand::Rate { profile, months, .. } => {
            *profile != Profile::Flat || months.iter().any(|m| *m != months[0])
        }
        Demand::Trace(_) => true,
    })
}

/// Whether a pool is the same number of officers at every hour, as far as its kind tells.
pub(crate) fn is_steady(pool: &PoolKind) -> bool {
    match pool {
        PoolKind::Crews(_) => false,
        PoolKind::Levels(Levels {
            plan: LevelPlan::Weekly(steps) | LevelPlan::Steps { steps, .. }, ..
        }) => steps.iter().all(|s| s.1 == steps[0].1),
    }
}

/// What the rule proposes for a run.
pub(crate) fn warm_up(model: &Model, results: &Replicated) -> WarmUp {
    let weeks = results.merged.weeks();
    let stated = model.run.warm_up / WEEK;
    let (series, step_hours, batch, method) = if changes(model) {
        let expected = offered_load::by_week(model);
        let runs: Vec<&[f64]> = weeks.iter().map(Vec::as_slice).collect();
        let mean = average(&runs);
        let long = mean.len() >= LONG;
        let series = deseasonalise(&mean, &expected[..mean.len().min(expected.len())]);
        let name = if long { "MSER-5" } else { "MSER" };
        let what = format!("{name} on the weekly number of requests, season divided out");
        (series, HOURS_OF_WEEK as f64, if long { MSER5 } else { 1 }, what)
    } else {
        let what = "MSER-5 on the hourly number of requests".to_owned();
        (results.merged.course(), 1.0, MSER5, what)
    };
    let found = mser(&series, batch);
    let proposed_hours = found.as_ref().map(|t| t.leave_out as f64 * step_hours);
    let proposed_weeks = proposed_hours.map(|h| (h / HOURS_OF_WEEK as f64 - 1e-9).ceil().max(0.0));
    let difference = proposed_weeks.and_then(|proposed| difference(model, &weeks, stated, proposed));
    let Truncation { at_edge, curve, .. } =
        found.unwrap_or(Truncation { leave_out: 0, batch, at_edge: false, curve: Vec::new() });
    let too_short = difference.is_some_and(|d| d.lower > 0.0 || d.upper < 0.0);
    WarmUp {
        method,
        stated_weeks: stated,
        proposed_hours,
        proposed_weeks,
        at_edge,
        too_short,
        difference,
        step_hours,
        series,
        curve,
    }
}

/// The mean of the weeks from `stated` to `proposed` less that of the weeks after, by replication.
fn difference(model: &Model, weeks: &[Vec<f64>], stated: f64, proposed: f64) -> Option<Estimate> {
    let (from, to) = ((stated + 1e-9).floor() as usize, proposed as usize);
    let last = weeks.first()?.len();
    if to <= from || to >= last {
        return None;
    }
    let expected = offered_load::by_week(model);
    let season = if changes(model) { expected } else { vec![1.0; last] };
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let differences: Vec<f64> = weeks
        .iter()
        .map(|run| {
            let plain = deseasonalise(run, &season[..run.len().min(season.len())]);
            mean(&plain[from..to]) - mean(&plain[to..])
        })
        .collect();
    Some(Estimate::mean(&differences, CONFIDENCE))
}

impl WarmUp {
    /// One line: proposed against stated.
    pub fn line(&self) -> String {
        let stated = weeks(self.stated_weeks);
        let Some((hours, proposed)) = self.proposed_hours.zip(self.proposed_weeks) else {
            return format!("Warm-up: {stated} stated; the run is too short for a proposal.");
        };
        let exact =
            if self.step_hours < 2.0 && hours > 0.0 { format!(" ({hours} h)") } else { String::new() };
        let verdict = if self.too_short {
            "; the stated one is TOO SHORT: what it leaves in differs from the rest beyond chance"
        } else if self.at_edge {
            "; that is half the run, which is too short to tell or does not settle"
        } else {
            ""
        };
        format!("Warm-up: {stated} stated; {} proposes {}{exact}{verdict}.", self.method, weeks(proposed))
    }
}

/// So many weeks in words.
pub fn weeks(n: f64) -> String {
    let n = (n * 100.0).round() / 100.0;
    if n == 0.0 { "none".to_owned() } else { format!("{n} week{}", if n == 1.0 { "" } else { "s" }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Settings, Unwatched, replicate};
    use poolwise_engine::model::Model;
    use poolwise_engine::model::{LevelEnd, Pool};
    use poolwise_engine::random::Sampler;
    use poolwise_engine::time::HOUR;

    /// One server at load 0.9 by a constant level, services of ten minutes.
    fn busy(weeks: f64) -> Model {
        let levels = Levels { plan: LevelPlan::Weekly(vec![(0.0, 1)]), end: LevelEnd::ByCount };
        let mut m =
            Model::one_queue(6.0, Sampler::Constant(1_800.0), vec![Pool::new(1, PoolKind::Levels(levels))]);
        if let poolwise_engine::model::StageKind::Service(s) = &mut m.stages[0].kind {
            s.time = Sampler::Exponential(540.0);
        }
        m.run.horizon = weeks * WEEK;
        m.run.replications = 10;
        m
    }

    fn of(m: &Model) -> WarmUp {
        warm_up(m, &replicate(m, &Settings::default(), &Unwatched).unwrap())
    }

    #[test]
    fn a_run_that_starts_far_from_its_steady_state_needs_a_warm_up() {
        let mut m = busy(20.0);
        let steady = of(&m);
        assert!(!steady.too_short, "{}", steady.line());
        m.run.start = vec![poolwise_engine::model::StartState::waiting(0, 400, 0, 0)];
        let full = of(&m);
        // 400 services of 9 min are 60 h, worked off at 0.1 of the time: 600 h, 3.6 weeks.
        assert!(full.too_short, "{}", full.line());
        let proposed = full.proposed_weeks.unwrap();
        assert!((3.0..=7.0).contains(&proposed), "{}", full.line());
        assert!(full.line().contains("TOO SHORT") && full.line().contains("none stated"));
        m.run.warm_up = 7.0 * WEEK;
        assert!(!of(&m).too_short);
    }

    #[test]
    fn changing_scenarios_are_looked_at_by_the_week_without_their_season() {
        let mut m = busy(60.0);
        if let Demand::Rate { months, per_second, .. } = &mut m.classes[0].demand {
            // Half the requests in winter.
            *months = [0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5];
            *per_second /= 12.0;
        }
        let w = of(&m);
        assert_eq!((w.step_hours, w.series.len()), (168.0, 60));
        assert!(w.method.contains("season"));
        // October to March in the series as it is: far apart; with the season out: near one level.
        let (first, last) = (w.series[5], w.series[17]);
        assert!((first / last - 1.0).abs() < 0.25, "{first} {last}");
        assert!(!w.too_short);
    }

    #[test]
    fn a_short_run_has_no_proposal() {
        let mut m = busy(1.0);
        m.run.horizon = 10.0 * HOUR;
        let w = of(&m);
        assert!(w.proposed_weeks.is_none() && w.line().contains("too short for a proposal"));
    }
}
