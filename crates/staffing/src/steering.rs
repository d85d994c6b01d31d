//! What guides the search among splits of the same officers: each centre's results on random numbers of their own.
//!
//! Nothing seen here decides anything. The staffing chosen is tested afterwards on the replications of the search, which had no
//! part in the choice, so that the best of many splits is not taken for better than it is.

use super::check::TargetCheck;
use super::curve::WeekHours;
use super::pilot::shortened;
use super::plan::{Planner, StaffingPlan};
use super::probe::{Halt, Samples, margins, sample_with, samples};
use super::refine::scoped;
use super::solve::SearchSettings;
use super::target::TargetMeasure;
use poolwise_engine::integral::Count;
use poolwise_engine::model::{Class, Demand, Model};
use poolwise_engine::outcome::Outcome;
use poolwise_engine::time::{HOUR, HOURS_OF_WEEK, WEEK};
use poolwise_stats::estimate::moments;
use std::collections::HashMap;

/// The first replication that guides: none of those that are tested.
const FIRST: u32 = 1 << 20;
/// Weeks that guide, fewer where that are more than so many requests, in so many replications.
const WEEKS: f64 = 64.0;
const REQUESTS: f64 = 1e6;
const FEWEST: u32 = 4;
const MOST: u32 = 32;
/// A split must be better by this part of a margin's standard error, or it is the same.
const BETTER: f64 = 0.1;

/// A margin of so many standard errors is shown on the longer runs of the tests.
const AMPLE: f64 = 3.0;
/// A margin of so many standard errors is as likely shown as not.
const LIKELY: f64 = 1.3;
/// A margin of so many standard errors below its bound is no accident.
const FAR: f64 = 5.0;
/// Weeks of rows that are kept.
const MOST_KNOWN: usize = 50_000;

/// Requests in all looks at an option's staffings together, after which no split is tried any more: some
/// forty looks at a network of a million requests each, most of them left half way. More would find better. Counted in requests and not in seconds, so that the answer is the same on every machine.
const MOST_REQUESTS: f64 = 32e6;
/// Where a look takes fewer requests than this, which is a tenth of a second, so many times as many may be simulated: few officers
/// make each of them matter, and many splits are about as good.
const SMALL_LOOK: f64 = 250e3;
const MORE_OF_SMALL: f64 = 4.5;
/// Shares of a look after which a split that looks worse than another is left.
const STAGES: [f64; 2] = [0.25, 0.5];
/// Replications of the first of them, at least.
const FIRST_STAGE: u32 = 2;

/// How good a staffing looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StaffingScore {
    /// What is missing of all targets, in standard errors; not above 0.
    short: f64,
    /// The tightest margin, in standard errors.
    tightest: f64,
}

impl StaffingScore {
    /// Whether every target is met by so much that a better split would show nothing more.
    pub(crate) fn is_ample(&self) -> bool {
        self.tightest >= AMPLE
    }

    /// Whether it may be as good as another: chance is in how the two differ as well.
    pub(crate) fn is_near(&self, other: &Self) -> bool {
        self.tightest > other.tightest - 1.0
    }

    /// Whether a test would show it to hold, more likely than not.
    pub(crate) fn seems_to_hold(&self) -> bool {
        self.tightest > LIKELY
    }

    /// Whether it falls short by so much that no test is needed to see it.
    pub(crate) fn is_far_below(&self) -> bool {
        self.tightest < -FAR
    }

    /// Whether it is better by more than what is worth nothing.
    pub fn beats(&self, other: &Self) -> bool {
        let apart = self.short - other.short;
        apart > BETTER || (apart > -BETTER && self.tightest > other.tightest + BETTER)
    }
}

/// What was seen of a staffing.
#[derive(Debug, Clone)]
pub struct Observation {
    /// How good it looks.
    pub score: StaffingScore,
    /// By row: what waits in each hour of the centre's week.
    pub waiting: Vec<WeekHours>,
    /// Whether what is tightest depends on how officers are split at all.
    pub splits_matter: bool,
}

/// Replications of the scenario to be matched, for the checks of an option; empty without one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matched {
    /// Those of the tests.
    pub tested: Samples,
    /// Those of its pilot.
    pub pilots: Samples,
    /// Those that guide among splits.
    pub guiding: Samples,
    /// Those that say how much arrivals explain, where they are taken out of margins.
    pub explaining: Samples,
}

/// What was simulated of a staffing, and seen of it once that is a whole look.
#[derive(Debug, Clone, Default)]
struct StaffingLook {
    samples: Samples,
    /// By row, over all replications.
    waiting: Vec<WeekHours>,
    requests: f64,
    seen: Option<Observation>,
}

/// Looks at staffings of one option.
pub struct Steering<'a> {
    planner: &'a Planner,
    checks: &'a [TargetCheck],
    reference: &'a Samples,
    how: &'a SearchSettings<'a>,
    runs: u32,
    /// By check: the standard error of a margin, of the first staffing seen.
    scales: Vec<f64>,
    known: HashMap<u64, StaffingLook>,
    /// Staffings looked at.
    pub looked_at: usize,
    /// Requests that were simulated for it.
    requests: f64,
    /// Whole looks, and the requests of them.
    whole: (usize, f64),
}

/// Replications that guide a scenario of this window.
fn runs(model: &Model) -> u32 {
    let weeks = shortened(model).run.horizon / WEEK;
    let a_week = |class: &Class| match &class.demand {
        Demand::Rate { per_second, .. } => per_second * WEEK,
        Demand::Trace(trace) => trace.per_second(model.run.end()) * WEEK,
    };
    let requests: f64 = model.classes.iter().map(a_week).sum();
    let enough = WEEKS.min(REQUESTS / requests.max(1.0));
    (enough / weeks).ceil().clamp(f64::from(FEWEST), f64::from(MOST)) as u32
}

/// What guides of a scenario that is to be matched.
///
/// # Errors
/// A run that failed, or the user's stop.
pub(crate) fn reference(
    model: &Model,
    checks: &[TargetCheck],
    how: &SearchSettings<'_>,
) -> Result<Samples, Halt> {
    let range = FIRST..FIRST + runs(model);
    samples(&shortened(model), checks, range, (how.threads, how.watch))
}

impl<'a> Steering<'a> {
    /// Nothing seen yet. `reference` is that of the scenario to be matched.
    pub fn new(
        planner: &'a Planner,
        checks: &'a [TargetCheck],
        reference: &'a Samples,
        how: &'a SearchSettings<'a>,
    ) -> Self {
        let runs = match reference.replications.len() {
            0 => runs(&planner.model),
            n => n as u32,
        };
        Self {
            planner,
            checks,
            reference,
            how,
            runs,
            scales: Vec::new(),
            known: HashMap::new(),
            looked_at: 0,
            requests: 0.0,
            whole: (0, 0.0),
        }
    }

    /// Whether looks take few requests, so that more of them are worth while.
    pub(crate) fn is_small(&self) -> bool {
        self.whole.1 < SMALL_LOOK * self.whole.0 as f64
    }

    /// Whether as much was simulated as may be: what is not tried by now is not tried.
    pub(crate) fn is_spent(&self) -> bool {
        self.requests >= if self.is_small() { MORE_OF_SMALL * MOST_REQUESTS } else { MOST_REQUESTS }
    }

    /// Whether a look takes less than the first replications of a test and says as much: where the window is shortened for it, and
    /// nothing is asked of single hours, of which it sees too little.
    pub(crate) fn is_cheap(&self) -> bool {
        let run = &self.planner.model.run;
        shortened(&self.planner.model).run.horizon < run.horizon && self.checks.iter().all(|c| !c.hourly)
    }

    /// The same with so many replications: for whoever must be sure.
    pub fn with_runs(self, runs: u32) -> Self {
        Self { runs, ..self }
    }

    /// Looks at a staffing.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub fn see(&mut self, plan: &StaffingPlan) -> Result<Observation, Halt> {
        match self.known.get(&plan.key()).and_then(|look| look.seen.as_ref()) {
            Some(seen) => Ok(seen.clone()),
            None => self.see_model(plan.key(), &self.planner.apply(plan)),
        }
    }

    /// Looks at the option with other officers; `key` tells them from others.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn see_model(&mut self, key: u64, model: &Model) -> Result<Observation, Halt> {
        self.simulate(key, model, self.runs)?;
        let look = &self.known[&key];
        if let Some(seen) = &look.seen {
            return Ok(seen.clone());
        }
        let margins = margins(self.checks, &look.samples, self.reference, self.runs as usize);
        if self.scales.is_empty() {
            self.scales = margins.iter().map(|cells| scale(cells)).collect();
        }
        let seen = self.judged(&margins, look.waiting.clone());
        self.whole = (self.whole.0 + 1, self.whole.1 + look.requests);
        if let Some(look) = self.known.get_mut(&key) {
            look.seen = Some(seen.clone());
        }
        Ok(seen)
    }

    /// Looks at a staffing for as long as it may be better than another: none once it looks worse on as many replications of both.
    /// Where looks take few requests each is a whole one.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn see_beside(
        &mut self,
        plan: &StaffingPlan,
        other: &StaffingPlan,
    ) -> Result<Option<Observation>, Halt> {
        if !self.is_small() {
            self.see(other)?;
            let (key, model) = (plan.key(), self.planner.apply(plan));
            for n in STAGES.map(|share| ((f64::from(self.runs) * share) as u32).max(FIRST_STAGE)) {
                self.simulate(key, &model, n.min(self.runs))?;
                if self.first(other.key(), n).zip(self.first(key, n)).is_some_and(|(a, b)| a.beats(&b)) {
                    return Ok(None);
                }
            }
        }
        self.see(plan).map(Some)
    }

    /// Whether the option with other officers falls short by far: of those that do so on the first replications by twice as much no
    /// more is simulated.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn is_far_below(&mut self, key: u64, model: &Model) -> Result<bool, Halt> {
        if !self.scales.is_empty() {
            self.simulate(key, model, FIRST_STAGE.min(self.runs))?;
            if self.first(key, FIRST_STAGE).is_some_and(|score| score.tightest < -2.0 * FAR) {
                return Ok(true);
            }
        }
        Ok(self.see_model(key, model)?.score.is_far_below())
    }

    /// The replications of a look at the option with other officers, and those of the scenario to be matched.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn samples(&mut self, key: u64, model: &Model) -> Result<(&Samples, &Samples), Halt> {
        self.see_model(key, model)?;
        Ok((&self.known[&key].samples, self.reference))
    }

    /// How good a staffing looks on its first `n` replications, as far as they were simulated.
    fn first(&self, key: u64, n: u32) -> Option<StaffingScore> {
        let look = self.known.get(&key).filter(|look| look.samples.replications.len() >= n as usize)?;
        Some(self.judged(&margins(self.checks, &look.samples, self.reference, n as usize), Vec::new()).score)
    }

    /// At least `n` replications of a staffing.
    fn simulate(&mut self, key: u64, model: &Model, n: u32) -> Result<(), Halt> {
        let have = self.known.get(&key).map_or(0, |look| look.samples.replications.len()) as u32;
        if have >= n {
            return Ok(());
        }
        let rows = self.planner.rows.len();
        if have == 0 {
            self.looked_at += 1;
            if self.known.len() * rows > MOST_KNOWN {
                self.known.clear();
            }
        }
        let model = shortened(model);
        let range = FIRST + have..FIRST + n;
        let (planner, prompt) = (self.planner, self.checks.iter().any(|c| c.started_within().is_some()));
        let look = |_: &Model, outcome: &Outcome| (waiting(planner, outcome, prompt), outcome.requests);
        let runs = sample_with(&model, self.checks, range, self.how.threads, self.how.watch, look)?;
        let look = self.known.entry(key).or_default();
        look.waiting.resize(rows, [0.0; HOURS_OF_WEEK]);
        for (cells, (waiting, requests)) in runs {
            look.samples.replications.push(cells);
            look.requests += requests as f64;
            self.requests += requests as f64;
            for (to, from) in look.waiting.iter_mut().zip(&waiting) {
                to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
            }
        }
        Ok(())
    }

    fn judged(&self, margins: &[Vec<Vec<f64>>], waiting: Vec<WeekHours>) -> Observation {
        let mut score = StaffingScore { short: 0.0, tightest: f64::INFINITY };
        let mut binding = 0;
        for (c, cells) in margins.iter().enumerate() {
            for values in cells {
                let seen: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
                if seen.is_empty() {
                    continue;
                }
                let margin = moments(&seen).0 / self.scales[c];
                score.short += margin.min(0.0);
                if margin < score.tightest {
                    (score.tightest, binding) = (margin, c);
                }
            }
        }
        // As much work on as many hours: all splits are as busy. And what is asked of single centres or hours was raised there.
        let matters = |c: &TargetCheck| c.measure != TargetMeasure::Utilization && !scoped(c);
        let splits_matter = self.checks.get(binding).is_some_and(matters);
        Observation { score, waiting, splits_matter }
    }
}

/// The standard error of a check's margins, mean over its cells.
fn scale(cells: &[Vec<f64>]) -> f64 {
    let error = |values: &Vec<f64>| {
        let seen: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        (moments(&seen).1 / seen.len() as f64).sqrt()
    };
    let errors: Vec<f64> = cells.iter().map(error).filter(|e| e.is_finite()).collect();
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    if mean > 0.0 { mean } else { 1e-6 }
}

/// What waits at each row's centre by hour of its week: who is not answered in time, where targets ask for that; else hours in
/// the queue, which also those have who give up.
fn waiting(planner: &Planner, outcome: &Outcome, prompt: bool) -> Vec<WeekHours> {
    let of_row = |centre: usize| {
        let flow = &outcome.centres[centre];
        let waits = &flow.waits[0];
        let mut week = [0.0; HOURS_OF_WEEK];
        for (h, to) in week.iter_mut().enumerate() {
            let queue = flow.integrals.by_hour[Count::Queue as usize][h] / HOUR;
            let late = waits.offered_by_hour[h].saturating_sub(waits.answered_by_hour[h]) as f64;
            *to = if prompt { late } else { queue };
        }
        week
    };
    planner.rows.iter().map(|row| of_row(row.centre)).collect()
}
