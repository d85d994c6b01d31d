//! What of a sweep is done and what is missing.

use super::error::SweepError;
use super::list::Ranges;
use super::plan::SweepPlan;
use super::record::{Record, RecordForm};
use super::store::{self, Health};
use poolwise_scenario::sweep::{Replications, SweepPrecision};
use poolwise_stats::{Estimate, PrecisionTarget, StoppingRule};
use poolwise_study::measures::{Value, range_of};
use poolwise_study::summarise::estimate_of;
use std::path::{Path, PathBuf};

/// Confidence of the intervals that decide how many replications are enough.
const CONFIDENCE: f64 = 0.95;
/// Look-ahead of the sequential rule: Hoad, Robinson and Davies (2010).
const LOOK_AHEAD: u32 = 5;

/// What is done.
#[derive(Debug)]
pub struct Progress {
    done: Done,
    /// For a precision, the positions of its measures among those kept.
    targets: Vec<usize>,
    rule: Option<StoppingRule>,
    fixed: u32,
    /// Shard files with something wrong in them.
    pub ailing: Vec<(PathBuf, Health)>,
    /// Replications that are done so far.
    pub replications: u64,
    /// Requests simulated in them.
    pub requests: u64,
}

/// Which replications of each case are done.
#[derive(Debug)]
enum Done {
    /// Of a number that is fixed: a bit for each, in words by case. Eight bytes a case, up to 64 replications.
    Bits(Vec<u64>),
    /// For a precision.
    Cases(Vec<CaseProgress>),
}

/// What is done of a case whose replications go on to a precision.
#[derive(Debug, Clone, Default)]
struct CaseProgress {
    /// A bit for each replication.
    done: Vec<u64>,
    /// For a precision: replications and their values of its measures.
    values: Vec<(u32, Vec<Option<Value>>)>,
}

/// What a case lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing: it has so many replications.
    Nothing(u32),
    /// These replications; with a precision perhaps more after them.
    Replications(Vec<u32>),
}

impl Progress {
    /// Nothing done yet.
    pub(crate) fn new(plan: &SweepPlan) -> Self {
        let (rule, targets, fixed) = match &plan.replications {
            Replications::Fixed(n) => (None, Vec::new(), *n),
            Replications::Until(p) => {
                let targets =
                    p.measures.iter().filter_map(|(m, _)| plan.manifest.measure(m)).collect::<Vec<_>>();
                (Some(rule(p)), targets, 0)
            }
        };
        let done = match rule {
            None => Done::Bits(vec![0; plan.cases().len() * words(fixed)]),
            Some(_) => Done::Cases(vec![CaseProgress::default(); plan.cases().len()]),
        };
        Self { done, targets, rule, fixed, ailing: Vec::new(), replications: 0, requests: 0 }
    }

    /// What the shard files of a folder hold, but for the file `except`.
    ///
    /// # Errors
    /// If one cannot be read or belongs to another sweep.
    pub fn read(plan: &SweepPlan, folder: &Path, except: Option<&Path>) -> Result<Self, SweepError> {
        let mut progress = Self::new(plan);
        let form = plan.form();
        for path in store::files(folder)?.into_iter().filter(|p| Some(p.as_path()) != except) {
            let health = store::read(&path, &form, &mut |_, record| progress.note(plan, &record))?;
            if !health.fine() {
                progress.ailing.push((path, health));
            }
        }
        Ok(progress)
    }

    /// Takes note of a record.
    pub(crate) fn note(&mut self, plan: &SweepPlan, record: &Record) {
        let Some(case) = plan.case_at(record.point, record.scenario) else { return };
        let (word, bit) = (record.replication as usize / 64, record.replication % 64);
        let of_case = match &mut self.done {
            // No sweep of this plan simulates more than it asks for.
            Done::Bits(_) if record.replication >= self.fixed => return,
            Done::Bits(bits) => &mut bits[case * words(self.fixed) + word],
            Done::Cases(cases) => {
                let done = &mut cases[case].done;
                if done.len() <= word {
                    done.resize(word + 1, 0);
                }
                &mut done[word]
            }
        };
        if *of_case >> bit & 1 == 1 {
            return;
        }
        *of_case |= 1 << bit;
        self.replications += 1;
        self.requests += record.requests;
        if let Done::Cases(cases) = &mut self.done {
            let case = &mut cases[case];
            let values = self.targets.iter().map(|t| record.values[*t]).collect();
            let at = case.values.partition_point(|v| v.0 < record.replication);
            case.values.insert(at, (record.replication, values));
        }
    }

    /// What a case lacks.
    pub(crate) fn due(&self, case: usize) -> Due {
        let lacking = |done: &[u64], from: u32, to: u32| {
            let is_done = |r: u32| done.get(r as usize / 64).is_some_and(|w| w >> (r % 64) & 1 == 1);
            (from..to).filter(|r| !is_done(*r)).collect::<Vec<u32>>()
        };
        let (case, rule) = match (&self.done, &self.rule) {
            (Done::Cases(cases), Some(rule)) => (&cases[case], rule),
            (Done::Bits(bits), _) => {
                let words = words(self.fixed);
                let lacking = lacking(&bits[case * words..(case + 1) * words], 0, self.fixed);
                return if lacking.is_empty() {
                    Due::Nothing(self.fixed)
                } else {
                    Due::Replications(lacking)
                };
            }
            (Done::Cases(_), None) => return Due::Nothing(0),
        };
        // A scenario without the measure cannot be judged by it.
        let present: Vec<usize> = (0..self.targets.len())
            .filter(|t| case.values.first().is_none_or(|v| v.1[*t].is_some()))
            .collect();
        let mine = StoppingRule {
            targets: present.iter().map(|t| rule.targets[*t].clone()).collect(),
            ..rule.clone()
        };
        let outcome = mine.drive(
            |from, to| {
                let lacking = lacking(&case.done, from, to);
                if lacking.is_empty() { Ok(()) } else { Err(lacking) }
            },
            |target, n| {
                let values: Vec<Value> =
                    case.values[..n as usize].iter().filter_map(|v| v.1[present[target]]).collect();
                if values.len() < n as usize {
                    Estimate::undefined()
                } else {
                    estimate_of(&values, range_of(&mine.targets[target].measure), CONFIDENCE)
                }
            },
        );
        match outcome {
            Ok(end) => Due::Nothing(end.replications),
            Err(lacking) => Due::Replications(lacking),
        }
    }

    /// Frees what is kept of a finished case.
    pub(crate) fn forget(&mut self, case: usize) {
        if let Done::Cases(cases) = &mut self.done {
            cases[case].values = Vec::new();
        }
    }

    /// Points with a case that is not finished: by the first point of each case.
    pub fn missing(&self, plan: &SweepPlan) -> Ranges {
        let unfinished = (0..plan.cases().len()).filter(|c| matches!(self.due(*c), Due::Replications(_)));
        Ranges::of(unfinished.map(|c| plan.cases()[c].point as usize))
    }
}

/// Words that hold a bit for each of so many replications.
fn words(replications: u32) -> usize {
    replications.div_ceil(64) as usize
}

fn rule(p: &SweepPrecision) -> StoppingRule {
    let target =
        |m: &String| PrecisionTarget { measure: m.clone(), relative: p.relative, absolute: p.absolute };
    StoppingRule {
        targets: p.measures.iter().map(|m| target(&m.0)).collect(),
        floor: p.at_least,
        cap: p.at_most,
        round: p.round,
        look_ahead: LOOK_AHEAD,
    }
}

impl SweepPlan {
    /// What the records of its shard files look like.
    pub fn form(&self) -> RecordForm {
        RecordForm { plan: self.hash.clone(), measures: self.manifest.measures.len() }
    }

    /// The case whose first point and scenario these are.
    pub(crate) fn case_at(&self, point: u32, scenario: u16) -> Option<usize> {
        self.cases().binary_search_by_key(&(point, scenario), |c| (c.point, c.scenario)).ok()
    }
}
