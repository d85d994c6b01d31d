//! One option's answer: the least staffing shown to hold, how sure that is, and what shortcuts would have
//! given.

use super::candidates::Candidates;
use super::check::{Bound, TargetCheck, TargetPlace, linear, ratio};
use super::controls::{ArrivalControls, Controlling, ControlsFound, TestWindow};
use super::curve::Curve;
use super::exchange::Exchange;
use super::judge::TestRule;
use super::level::StaffingLevels;
use super::pilot;
use super::plan::{Planner, RaiseShape, StaffingPlan};
use super::probe::{Halt, Probe, SHOWN, Samples};
use super::refine;
use super::roster::cost::RosterCost;
use super::rostered;
use super::search::{self, LeastLevel};
use super::service::{self, ServicePoint};
use super::shortcuts::shortcuts;
pub use super::shortcuts::{Tested, words};
use super::steering::{Matched, Steering};
use super::target::{TargetMeasure, delivered};
pub use super::unreachable::Unreachable;
use super::unreachable::unreachable;
pub use super::unsolved::{Unfinished, Unsolved};
use poolwise_engine::model::Model;
use poolwise_planning::roster_rules::{Pay, RosterRules};
use poolwise_planning::staffing;
use poolwise_scenario::Scenario;
use poolwise_stats::Estimate;
use poolwise_study::Watch;
use poolwise_study::cost::Cost as Price;
use poolwise_study::summary::Summary;
use poolwise_study::verdict::states_headcount;
use poolwise_study::{Settings, replicate_range, summarise};
use serde::Serialize;
use std::collections::BTreeMap;

/// A number with the range that cannot be told from it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HeadcountRange {
    /// The number that was found.
    pub estimate: f64,
    /// The least that is not shown to fail.
    pub lower: f64,
    /// The least that is shown to hold.
    pub upper: f64,
}

impl HeadcountRange {
    /// A number without a range.
    pub fn exact(x: f64) -> Self {
        Self { estimate: x, lower: x, upper: x }
    }

    /// `whole` less this.
    pub(crate) fn taken_from(self, whole: f64) -> Self {
        Self { estimate: whole - self.estimate, lower: whole - self.upper, upper: whole - self.lower }
    }
}

/// A check at the staffing found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetMargin {
    /// The target in words, as on the command line.
    pub target: String,
    /// The same as sentences and tables say it.
    #[serde(skip)]
    pub said: String,
    /// What the staffing delivers: a share, or seconds; in hourly targets, in the tightest hour.
    pub value: f64,
    /// The same in words.
    pub shown: String,
    /// How far that lies on the good side of the bound, in the measure's unit.
    pub margin: f64,
    /// The tightest hour of the local week, for hourly targets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour_of_week: Option<usize>,
}

/// What an option needs.
#[derive(Debug, Clone)]
pub struct Staffed {
    /// Officers by the expected load and the utilization limit alone: where the search began.
    pub by_load: u32,
    /// Officers present beyond the offered load, in square roots of it: means over the week, all centres.
    /// Whole officers and shifts are in it.
    pub safety: f64,
    /// Raises of single centres and hours.
    pub shape: RaiseShape,
    /// The least staffing shown to hold.
    pub plan: StaffingPlan,
    /// The least staffing not shown to fail.
    pub least: StaffingPlan,
    /// Its requirement: officers rostered by hour.
    pub curve: Curve,
    /// The option with these officers.
    pub model: Model,
    /// What it delivers, over all replications.
    pub summary: Summary,
    /// By how much each target is met.
    pub met: Vec<TargetMargin>,
    /// The target that binds.
    pub binding: String,
    /// What textbook shortcuts would have said, tested by simulation.
    pub shortcuts: Vec<Tested>,
    /// Officers' weeks under the roster rules.
    pub roster: Option<rostered::Rostering>,
    /// What they cost a week, where there is a pay table.
    pub cost: Option<RosterCost>,
    /// What the officers found cost, hour by hour and without rosters of whole weeks, as `run` prices them.
    pub price: Option<Price>,
    /// The service with more and fewer officers; empty where that was not asked for.
    pub service: Vec<ServicePoint>,
}

/// What the search found for one option.
#[derive(Debug, Clone)]
pub struct Solved {
    /// The option as the scenario has it.
    pub as_is: staffing::RosterSize,
    /// The scenario says how many it employs; else that is what hours on duty come to.
    pub states_headcount: bool,
    /// What it needs, or why there is nothing.
    pub result: Result<Box<Staffed>, Unreachable>,
    /// Different staffings simulated.
    pub staffings: usize,
    /// Replications simulated in the search.
    pub replications: u64,
    /// Splits of the same officers looked at, which only guided it.
    pub splits: usize,
    /// What controls did, where they were asked for.
    pub controls: Option<ControlsFound>,
    /// Stopped after the search: shortcuts or rosters that were asked for are missing.
    pub cut_short: bool,
}

/// How to search.
pub struct SearchSettings<'a> {
    /// Threads; all cores where `None`.
    pub threads: Option<usize>,
    /// Error of the whole search of an option.
    pub error: f64,
    /// Test the textbook's shortcuts too.
    pub shortcuts: bool,
    /// Draw up rosters of whole weeks of work.
    pub rosters: bool,
    /// Simulate the service with more and fewer officers than are needed too.
    pub curve: bool,
    /// Take what is known of arrivals out of the margins that tests look at, where it gains.
    pub controls: bool,
    /// Sees progress, can stop.
    pub watch: &'a dyn Watch,
}

/// The least staffing of a scenario that meets all checks. `matched` holds the replications of the scenario
/// to be matched, which have the same window.
///
/// # Errors
/// [`Unsolved`] when there is nobody to staff, a run fails or the user stops it.
pub(crate) fn solve(
    scenario: &Scenario,
    checks: &[TargetCheck],
    (matched, window): (&Matched, TestWindow),
    how: &SearchSettings<'_>,
) -> Result<Solved, Unsolved> {
    let mut planner = Planner::new(&scenario.model, &scenario.pools)?;
    planner.by_hour = checks.iter().any(|c| c.hourly);
    let candidates = Candidates::new(&planner, &scenario.pools);
    let plain = planner.plain();
    let limit = limit(checks);
    // Where requests give up, officers for less than all of the work may do.
    let loses = scenario.model.classes.iter().any(|c| c.deadline.is_some());
    let reach = if limit < 1.0 || !loses { limit } else { 1.1 };
    let start = planner.start(reach, &plain);
    let cap = scenario.model.run.replications;
    // Half for each end of the interval; levels share none of it (see `judge`), staffings of a level that of `holds`.
    let half = how.error / 2.0;
    let rule = TestRule { holds: half / f64::from(candidates.kinds()), ..window.rule(cap, half) };
    let controls =
        how.controls.then(|| ArrivalControls::new(&planner.model, window, checks.len(), &matched.explaining));
    let mut probe =
        Probe::new(checks, &matched.tested, rule, how.threads, how.watch).with_controls(window, controls);
    let mut shape = plain;
    if checks.iter().any(refine::scoped) {
        let b = planner.at_most(start, &shape).b;
        shape = refine::shape(&planner, b, &mut probe)?;
    }
    let ends = |shape: &RaiseShape| {
        let of = |b: f64| planner.plan(b, shape).headcount;
        (of(planner.least_b()), of(planner.ample_b()))
    };
    let (lowest, highest) = ends(&shape);
    let start = start.max(planner.plan(planner.at_most(start, &planner.plain()).b, &shape).headcount);
    let (lowest, highest) = match candidates.as_is() {
        Some(own) => (lowest.min(own.headcount), highest.max(own.headcount)),
        None => (lowest, highest),
    };
    let plans = |level: u32| candidates.at(level, &shape);
    let pilot = pilot::start(&planner, &plans, (lowest, start, highest), checks, &matched.pilots, how)?;
    let (start, sure) = pilot.map_or((start, false), |level| (level, true));
    let mut exchange = Exchange::new(&planner, Steering::new(&planner, checks, &matched.guiding, how));
    let mut levels = StaffingLevels {
        planner: &planner,
        candidates: &candidates,
        shape: &shape,
        exchange: &mut exchange,
        probe: &mut probe,
        short: BTreeMap::new(),
        chosen: BTreeMap::new(),
        verdicts: BTreeMap::new(),
    };
    let start = if sure { levels.guess(lowest, start, highest) } else { Ok(start) };
    let found = start.and_then(|start| {
        search::least(lowest, start, highest, sure, |level| levels.judge(level, level == highest))
    });
    let (mut chosen, verdicts) = (levels.chosen, levels.verdicts);
    let found = found.map_err(|why| Unsolved::Unfinished(Unfinished::of(&verdicts, probe.simulated, why)))?;
    let (mut cut_short, splits) = (false, exchange.looked_at());
    let result = match found.holds {
        Some(level) => {
            let least = least(&plans, level, &found, &chosen);
            let plan = chosen.remove(&level).unwrap_or_else(|| planner.at_most(level, &shape));
            let least = least.unwrap_or_else(|| plan.clone());
            let so_far = |why: Halt| Unsolved::Unfinished(Unfinished::of(&verdicts, 0, why));
            let model = planner.apply(&plan);
            let summary = match probe.shown(plan.key()) {
                Some(done) => summarise(&window.applied(&model), &done),
                None => summary(&model, how).map_err(so_far)?,
            };
            let all = staffed(
                scenario,
                (&planner, &candidates),
                &shape,
                (level, plan, least, model, summary),
                &found,
                (&mut probe, &mut exchange),
                how,
            )?;
            cut_short = all.1;
            Ok(Box::new(all.0))
        }
        None => {
            let plan = chosen.remove(&highest).unwrap_or_else(|| planner.at_most(highest, &shape));
            Err(unreachable(&planner, &plan, highest, &found, &probe))
        }
    };
    Ok(Solved {
        as_is: staffing::totals(&scenario.model),
        states_headcount: states_headcount(&scenario.model),
        result,
        staffings: probe.staffings(),
        replications: probe.simulated,
        splits,
        controls: probe.controls_found(),
        cut_short,
    })
}

/// The greatest utilization that the checks allow the option as a whole; one where they say nothing.
pub(crate) fn limit(checks: &[TargetCheck]) -> f64 {
    let whole = |c: &&TargetCheck| {
        c.measure == TargetMeasure::Utilization && c.place == TargetPlace::All && !c.hourly
    };
    let bound = |c: &TargetCheck| if let Bound::Fixed(x) = c.bound { x } else { 1.0 };
    checks.iter().filter(whole).map(bound).fold(1.0, f64::min)
}

/// The answer with what was asked for beside it, and whether that was stopped.
fn staffed(
    scenario: &Scenario,
    (planner, candidates): (&Planner, &Candidates<'_>),
    shape: &RaiseShape,
    (level, plan, least, model, summary): (u32, StaffingPlan, StaffingPlan, Model, Summary),
    found: &LeastLevel,
    (probe, exchange): (&mut Probe<'_>, &mut Exchange<'_>),
    how: &SearchSettings<'_>,
) -> Result<(Staffed, bool), Unsolved> {
    let mut stopped = false;
    let binding = found.fails.or(Some(level)).and_then(|n| found.tried.get(&n));
    let binding = binding.map_or_else(String::new, |j| probe.checks[j.tightest].label.clone());
    let met = met_as_judged(probe, plan.key(), &model);
    let shortcuts =
        if how.shortcuts { shortcuts(planner, (probe, exchange), how.error) } else { Ok(Vec::new()) };
    let shortcuts = unless_stopped(shortcuts.map_err(Unsolved::from), &mut stopped)?.unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = how.threads.unwrap_or(cores);
    let default = RosterRules { pay: scenario.pay.clone(), ..RosterRules::default() };
    let rules = scenario.roster.as_ref().unwrap_or(&default);
    let mut roster = None;
    if how.rosters && !stopped {
        let drawn = rostered::draw_up(planner, shape, &plan, rules, (probe, exchange), threads);
        let drawn = drawn.map_err(Unsolved::from);
        roster = unless_stopped(drawn, &mut stopped)?;
    }
    let pay = scenario.pay.as_ref().or(rules.pay.as_ref());
    let mut service = Vec::new();
    if how.curve && !stopped {
        let curve = service::curve(planner, candidates, (&plan, shape), &summary, pay, how);
        service = unless_stopped(curve.map_err(Unsolved::from), &mut stopped)?.unwrap_or_default();
    }
    let staffed = Staffed {
        price: pay.and_then(|pay| priced(pay, (&model, &planner.apply(&least)), &summary)),
        service,
        safety: planner.safety(&plan),
        by_load: planner.start(limit(probe.checks), &planner.plain()),
        shape: shape.clone(),
        curve: planner.curve(plan.b, shape),
        cost: match (&rules.pay, &roster) {
            (Some(pay), Some(Ok(drawn))) => {
                // Of the roster itself, whose crews end when others do not.
                let rostered = self::summary(&drawn.model, how)?;
                let overtime = rostered.measures.get("overtime_hours_per_week").map_or(0.0, |e| e.estimate);
                Some(RosterCost::of(pay, &drawn.plan, &drawn.model, overtime))
            }
            _ => None,
        },
        roster,
        summary,
        plan,
        least,
        model,
        met,
        binding,
        shortcuts,
    };
    Ok((staffed, stopped))
}

/// What a staffing costs, and the least one that may do.
fn priced(pay: &Pay, (model, least): (&Model, &Model), summary: &Summary) -> Option<Price> {
    let price = Price::of(model, pay, &summary.measures)?;
    // Overtime with the fewest is not simulated: what differs is who is paid.
    let mut measures = summary.measures.clone();
    let paid = |m: &Model| staffing::totals(m).paid_hours_per_week;
    if let Some(hours) = measures.get_mut("paid_hours_per_week") {
        *hours = Estimate::exact(hours.estimate + paid(least) - paid(model), hours.replications);
    }
    let few = Price::of(least, pay, &measures)?;
    Some(price.or_as_few_as(&few))
}

/// What was asked for beside the answer; nothing where the user stopped it, for the answer stands without.
fn unless_stopped<T>(done: Result<T, Unsolved>, stopped: &mut bool) -> Result<Option<T>, Unsolved> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(Unsolved::Halt(Halt::Stopped)) => {
            *stopped = true;
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

/// What a staffing delivers in all its measures: means for tables and pictures, over the first
/// replications.
///
/// # Errors
/// A run that failed, or the user's stop.
pub(crate) fn summary(model: &Model, how: &SearchSettings<'_>) -> Result<Summary, Halt> {
    let settings = Settings { threads: how.threads, ..Settings::default() };
    let n = model.run.replications.min(SHOWN);
    let done = replicate_range(model, 0..n, &settings, how.watch).map_err(Halt::Failed)?;
    if how.watch.stopped() {
        return Err(Halt::Stopped);
    }
    Ok(summarise(model, &done))
}

/// The least staffing that is not shown to fail: the next above a level that does, else the least that was tried.
fn least(
    plans: &dyn Fn(u32) -> Vec<StaffingPlan>,
    level: u32,
    found: &LeastLevel,
    chosen: &BTreeMap<u32, StaffingPlan>,
) -> Option<StaffingPlan> {
    match found.fails {
        Some(fails) => chosen.range(fails + 1..=level).next().map(|(_, plan)| plan.clone()),
        None => {
            let lowest = found.tried.keys().next().copied().unwrap_or(level).min(level);
            let all = plans(lowest).into_iter().chain(chosen.get(&lowest).cloned());
            all.min_by(|a, b| a.hours.total_cmp(&b.hours))
        }
    }
}

/// What a staffing that was judged delivers, check by check, in its tightest cell; nothing where it was not.
pub(super) fn met_as_judged(probe: &Probe<'_>, key: u64, model: &Model) -> Vec<TargetMargin> {
    let all = |own: &Samples| met_all(probe.checks, (own, probe.reference), probe.controlling(key, model));
    probe.samples(key).map_or_else(Vec::new, all)
}

/// What a staffing delivers, check by check, in its tightest cell.
pub(super) fn met_all(
    checks: &[TargetCheck],
    samples: (&Samples, &Samples),
    controlling: Option<Controlling<'_>>,
) -> Vec<TargetMargin> {
    checks.iter().enumerate().map(|(c, check)| met(check, c, samples, controlling)).collect()
}

/// What a staffing delivers of one check, in its tightest cell.
pub(super) fn met(
    check: &TargetCheck,
    c: usize,
    (samples, reference): (&Samples, &Samples),
    controlling: Option<Controlling<'_>>,
) -> TargetMargin {
    let n = samples.replications.len();
    let (mut worst, mut half) = ((f64::INFINITY, 0, f64::NAN), f64::NAN);
    let mean = |values: &[f64]| {
        let seen: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        seen.iter().sum::<f64>() / seen.len() as f64
    };
    for h in 0..check.cells() {
        let pairs = samples.pairs(c, h, n);
        let values = check.margins(&pairs, &reference.pairs(c, h, n));
        let plain = mean(&values);
        let shown = controlling.map_or(plain, |by| mean(&by.left_of(c, h, &samples.arrivals, &values)));
        if shown < worst.0 {
            // Of a difference from another scenario nobody can say whose the part is that arrivals explain.
            let moved = match check.bound {
                Bound::Fixed(_) if check.measure.more_is_better() => shown - plain,
                Bound::Fixed(_) => plain - shown,
                Bound::Within(_) | Bound::WithinShare(_) => 0.0,
            };
            worst = (shown, h, ratio(&pairs) + moved);
            half = half_width(&linear(&pairs));
        }
    }
    TargetMargin {
        target: check.label.clone(),
        said: check.said.clone(),
        value: worst.2,
        shown: delivered(check.measure, worst.2, half),
        margin: worst.0 + 0.0,
        hour_of_week: check.hourly.then_some(worst.1),
    }
}

/// Half the interval that replications leave, about.
fn half_width(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    2.0 * (squares / (n - 1.0) / n).sqrt()
}

impl Staffed {
    /// The target that binds, as sentences and tables say it.
    pub fn binding_said(&self) -> &str {
        self.met.iter().find(|m| m.target == self.binding).map_or(&self.binding, |m| &m.said)
    }

    /// Headcount with the range that the test cannot separate.
    pub fn headcount(&self) -> HeadcountRange {
        range(&self.plan, &self.least, |p| f64::from(p.headcount))
    }

    /// Posts with the range that the test cannot separate.
    pub fn posts(&self) -> HeadcountRange {
        range(&self.plan, &self.least, StaffingPlan::posts)
    }

    /// Paid hours a week, overtime included, with the range that the test cannot separate.
    pub fn paid_hours(&self) -> HeadcountRange {
        let hours = self.model.workforce.hours_per_week;
        let overtime = self.summary.measures.get("overtime_hours_per_week").map_or(0.0, |e| e.estimate);
        range(&self.plan, &self.least, |p| f64::from(p.headcount) * hours + overtime)
    }
}

fn range(plan: &StaffingPlan, least: &StaffingPlan, of: impl Fn(&StaffingPlan) -> f64) -> HeadcountRange {
    HeadcountRange { estimate: of(plan), lower: of(least).min(of(plan)), upper: of(plan) }
}

impl Solved {
    /// What it needs, if it can be staffed.
    pub fn staffed(&self) -> Option<&Staffed> {
        self.result.as_deref().ok()
    }
}
