//! How often the interval of `staff` holds the least staffing, on small models whose least staffing is known from long runs.
//!
//! The truth is found without the search: at every headcount from below to above, each staffing that a rule draws up
//! there is simulated until the sign of its margins is beyond doubt, on random numbers that no experiment uses. Below the first that
//! meets the targets splits are exchanged, twice as many tried and on four times as many weeks as a search takes, until
//! none meets them at two headcounts on end.

use poolwise_scenario::Overrides;
use poolwise_staffing::candidates::Candidates;
use poolwise_staffing::check::{self, TargetCheck};
use poolwise_staffing::exchange::Exchange;
use poolwise_staffing::plan::{Planner, StaffingPlan};
use poolwise_staffing::probe::{Samples, margins, sample};
use poolwise_staffing::solve::SearchSettings;
use poolwise_staffing::steering::Steering;
use poolwise_staffing::target::parse;
use poolwise_staffing::{StaffingOptions, StaffingStudy, Wanted};
use poolwise_stats::estimate::moments;
use poolwise_study::{Study, Unwatched};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A model and what is asked of it.
pub(crate) struct Kind {
    /// What it stands for.
    pub name: &'static str,
    /// File.
    pub file: &'static str,
    /// Targets.
    pub targets: &'static [&'static str],
}

const fn kind(name: &'static str, file: &'static str, targets: &'static [&'static str]) -> Kind {
    Kind { name, file, targets }
}

/// The models: officers by levels and by shifts, in pools and as listed, breaks of both kinds, absence of both kinds, one
/// centre and several, losses, two targets.
pub(crate) const KINDS: [Kind; 8] = [
    kind("levels, one desk", "levels.toml", &["wait mean <= 6 min"]),
    kind("levels, several desks, losses", "levels-lost.toml", &["lost <= 5 %"]),
    kind("pool, breaks staggered", "pool-breaks.toml", &["started within 20 min >= 90 %"]),
    kind("pool, absence by chance", "pool-absence.toml", &["wait mean <= 15 min"]),
    kind("pool of several centres, breaks, absence", "pool-centres.toml", &["done within 2 h >= 85 %"]),
    kind("pool given by centre, fixed absence", "pool-by-centre.toml", &["started within 30 min >= 88 %"]),
    kind("shifts as listed, breaks together", "shifts.toml", &["answered within 30 min >= 85 %"]),
    kind(
        "shifts of several centres, two targets",
        "shifts-centres.toml",
        &["utilization <= 70 %", "wait mean <= 12 min"],
    ),
];

/// The seed of the long runs; experiments take those from 1 on.
const LONG_SEED: u64 = 1_000_000;
/// Replications of a long run: at first, and at most.
const LONG: (u32, u32) = (40, 640);
/// Replications that guide exchanges, and exchanges tried, before a split counts as one that none improves.
const LONG_GUIDE: u32 = 64;
const LONG_TRIES: usize = 32;
/// A margin is beyond doubt so many standard errors from zero.
const BEYOND_DOUBT: f64 = 4.0;

/// The least staffing in truth.
pub(crate) struct Truth {
    checks: Vec<TargetCheck>,
    planner: Planner,
    /// The least headcount at which some staffing meets the targets in the long run.
    pub least: u32,
    /// The same of the staffings that rules draw up.
    pub by_rule: u32,
    /// Whether long runs settled every sign at and below it.
    pub settled: bool,
    known: HashMap<u64, (bool, bool)>,
}

fn path(kind: &Kind) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/interval").join(kind.file)
}

fn overrides(seed: u64) -> Overrides {
    Overrides { seed: Some(seed), ..Overrides::default() }
}

impl Truth {
    /// By long runs at every headcount from `below` up to the first that meets the targets, and `beyond` more.
    ///
    /// # Panics
    /// If the model cannot be read or run: which is a fault of this program.
    pub(crate) fn new(kind: &Kind) -> Self {
        let study = Study::load(&[path(kind)], &overrides(LONG_SEED)).expect("the model can be read");
        let scenario = &study.scenarios()[0];
        let targets: Vec<_> = kind.targets.iter().map(|t| parse(t).expect("a target")).collect();
        let checks = check::resolve(&targets, &scenario.model).expect("targets that fit");
        let planner = Planner::new(&scenario.model, &scenario.pools).expect("officers to staff");
        let candidates = Candidates::new(&planner, &scenario.pools);
        let shape = planner.plain();
        let lowest = planner.plan(planner.least_b(), &shape).headcount;
        let mut truth = Self {
            checks,
            planner: planner.clone(),
            least: 0,
            by_rule: 0,
            settled: true,
            known: HashMap::new(),
        };
        let mut sure = Vec::new();
        for level in lowest.. {
            let plans = candidates.at(level, &shape);
            let verdicts: Vec<(bool, bool)> = plans.iter().map(|plan| truth.meets(plan)).collect();
            if verdicts.iter().any(|v| v.0) {
                truth.least = level;
                truth.settled = verdicts.iter().any(|v| v.0 && v.1);
                break;
            }
            sure.push((level, verdicts.iter().all(|v| v.1)));
        }
        truth.by_rule = truth.least;
        let (checks, none) = (truth.checks.clone(), Samples::default());
        let how = SearchSettings {
            threads: None,
            error: 0.05,
            shortcuts: false,
            rosters: false,
            curve: false,
            controls: false,
            watch: &Unwatched,
        };
        let steering = Steering::new(&planner, &checks, &none, &how).with_runs(LONG_GUIDE);
        let mut exchange = Exchange::new(&planner, steering).with_tries(LONG_TRIES);
        let mut level = truth.least;
        let mut failing: Vec<bool> = Vec::new();
        while failing.len() < 2 && level > lowest {
            level -= 1;
            let best = exchange.best(level, &candidates.at(level, &shape)).expect("runs");
            let Some(plan) = best else { break };
            match truth.meets(&plan) {
                (true, is_sure) => {
                    (truth.least, truth.settled) = (level, is_sure);
                    failing.clear();
                }
                (false, is_sure) => failing.push(is_sure),
            }
        }
        let below = sure.iter().filter(|(level, _)| *level < truth.least).all(|s| s.1);
        truth.settled &= below && failing.iter().all(|sure| *sure);
        truth
    }

    /// Whether a staffing meets the targets in the long run, and whether that is beyond doubt.
    pub(crate) fn meets(&mut self, plan: &StaffingPlan) -> (bool, bool) {
        if let Some(known) = self.known.get(&plan.key()) {
            return *known;
        }
        let model = self.planner.apply(plan);
        let mut samples = Samples::default();
        let mut until = LONG.0;
        let verdict = loop {
            let from = samples.replications.len() as u32;
            let more = sample(&model, &self.checks, from..until, None, &Unwatched).expect("a run");
            samples.replications.extend(more);
            let margins = margins(&self.checks, &samples, &Samples::default(), until as usize);
            let scores: Vec<f64> = margins.iter().map(|cells| score(&cells[0])).collect();
            let met = scores.iter().all(|s| *s >= 0.0);
            let sure = scores.iter().all(|s| *s > BEYOND_DOUBT) || scores.iter().any(|s| *s < -BEYOND_DOUBT);
            if sure || until >= LONG.1 {
                break (met, sure);
            }
            until *= 2;
        };
        self.known.insert(plan.key(), verdict);
        verdict
    }
}

/// Mean over its standard error.
fn score(values: &[f64]) -> f64 {
    let (mean, variance) = moments(values);
    mean / (variance / values.len() as f64).sqrt()
}

/// What came of one search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Experiment {
    /// Officers: least not shown to fail, and the answer.
    pub interval: (u32, u32),
    /// Whether the staffing given meets the targets in the long run.
    pub meets: bool,
    /// Whether the interval holds the truth: the staffing given meets the targets, and none below the interval does.
    pub holds: bool,
    /// Replications simulated.
    pub replications: u64,
}

/// One search on random numbers of its own.
///
/// # Panics
/// If there is no answer.
pub(crate) fn experiment(kind: &Kind, truth: &mut Truth, seed: u64) -> Experiment {
    let asked =
        Wanted { targets: kind.targets.iter().map(|t| (*t).to_owned()).collect(), ..Wanted::default() };
    let study = StaffingStudy::load(&[path(kind)], &overrides(seed), &asked).expect("the model can be read");
    let options =
        StaffingOptions { shortcuts: false, rosters: false, draws: 0, ..StaffingOptions::default() };
    let answer = study.run(&options, &Unwatched).expect("an answer");
    let solved = &answer.options[0].solved;
    let staffed = solved.staffed().expect("a staffing that holds");
    let range = staffed.headcount();
    let interval = (range.lower as u32, range.upper as u32);
    let meets = truth.meets(&staffed.plan).0;
    let holds = meets && interval.0 <= truth.least;
    Experiment { interval, meets, holds, replications: solved.replications }
}
