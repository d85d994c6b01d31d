//! Replications of a study's scenarios on all threads at once, summed up when somebody asks: for thousands of small ones.

use super::simulate::{Finished, sum_up};
use super::{Loaded, Options, Results, Study, StudyError};
use crate::measures::value_at;
use crate::parallel::{Workers, ordered};
use crate::replicate::{Replicated, Settings, Watch, run_watched};
use crate::summarise;
use crate::summary::{ReplicationRow, Summary};
use poolwise_engine::model::Model;
use poolwise_engine::{Failure, Outcome};
use poolwise_stats::Estimate;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

/// A study's replications, not yet summed up.
#[derive(Debug)]
pub struct Simulated {
    /// Of the scenarios that have any, in the study's order.
    cases: Vec<HeldReplications>,
    options: Options,
    complete: bool,
    cut_short: Vec<String>,
}

/// One scenario's replications.
#[derive(Debug)]
struct HeldReplications {
    place: usize,
    replications: FinishedReplications,
}

#[derive(Debug)]
enum FinishedReplications {
    /// The only one, as the engine left it: to sum it up may take longer than to simulate it.
    One(Box<Outcome>),
    Several(Box<Replicated>),
}

impl FinishedReplications {
    fn add(this: &mut Option<Self>, model: &Model, planned: u32, outcome: Outcome, settings: &Settings) {
        match this {
            None if planned == 1 => *this = Some(Self::One(Box::new(outcome))),
            Some(Self::Several(all)) => all.fold(model, outcome),
            // A second of what was to be one does not come.
            None | Some(Self::One(_)) => {
                let mut all = Box::new(Replicated::none(model, settings));
                all.planned = planned;
                all.fold(model, outcome);
                *this = Some(Self::Several(all));
            }
        }
    }

    fn count(&self) -> u32 {
        match self {
            Self::One(_) => 1,
            Self::Several(all) => all.replications(),
        }
    }

    fn requests(&self) -> u64 {
        match self {
            Self::One(outcome) => outcome.requests,
            Self::Several(all) => all.requests,
        }
    }
}

impl Study {
    /// Simulates all scenarios of a study that is [plain](Self::is_plain) as [`Self::run`] does, all replications on all
    /// threads, and sums nothing up: [`Simulated::results`] does that when somebody asks. `replications` stands above the
    /// scenarios' own number; what is summed up then takes the study [with so many](Self::with_replications).
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn simulate(
        &self,
        options: &Options,
        replications: Option<u32>,
        watch: &dyn Watch,
    ) -> Result<Simulated, StudyError> {
        let own = |i: usize| self.scenarios()[i].model.run.replications;
        simulate(self, options, &|i| replications.unwrap_or_else(|| own(i)), watch)
    }

    /// The same scenarios with another number of replications: each is read again, which may take longer than a short run.
    ///
    /// # Errors
    /// What makes a scenario invalid, such as no replication at all.
    pub fn with_replications(&self, replications: u32) -> Result<Self, StudyError> {
        let set = [format!("run.replications={replications}")];
        let again = |(i, path): (usize, &PathBuf)| {
            let loaded = Loaded {
                scenario: Arc::clone(&self.scenarios[i]),
                path: path.clone(),
                reading: self.readings[i].clone(),
            };
            loaded.changed(&set).map_err(|problems| StudyError::Invalid(vec![problems]))
        };
        let scenarios: Vec<Loaded> = self.paths.iter().enumerate().map(again).collect::<Result<_, _>>()?;
        Ok(Self { paired: self.paired, ..Self::of(scenarios)? })
    }
}

fn simulate(
    study: &Study,
    options: &Options,
    planned: &dyn Fn(usize) -> u32,
    watch: &dyn Watch,
) -> Result<Simulated, StudyError> {
    let (scenarios, settings) = (study.scenarios(), options.settings());
    let tasks: Vec<(usize, u32)> =
        (0..scenarios.len()).flat_map(|i| (0..planned(i)).map(move |k| (i, k))).collect();
    let mut all: Vec<Option<FinishedReplications>> = scenarios.iter().map(|_| None).collect();
    let mut cut: Vec<Option<Failure>> = vec![None; scenarios.len()];
    let mut failure = None;
    let stopped = || watch.stopped();
    let workers = Workers { threads: options.threads, stopped: &stopped };
    let one = |t: usize| {
        let (i, k) = tasks[t];
        run_watched(&scenarios[i].model, k, settings.trace && k == 0, watch)
    };
    ordered(0..tasks.len(), workers, one, |t, outcome| {
        let (i, k) = tasks[t];
        if k == 0 {
            watch.turn_to(&scenarios[i].model.name);
        }
        match outcome {
            // A scenario that needed too much memory keeps those before, without a gap.
            _ if cut[i].is_some() => {}
            Ok(outcome) => {
                watch.replication_done(outcome.requests);
                watch.outcome(&scenarios[i].model, &outcome);
                FinishedReplications::add(&mut all[i], &scenarios[i].model, planned(i), outcome, &settings);
            }
            Err(Failure::Stopped) => return ControlFlow::Break(()),
            Err(e) if e.cuts_short() => cut[i] = Some(e),
            Err(e) => {
                failure = Some((i, e));
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    if let Some((i, e)) = failure {
        return Err(StudyError::Run { scenario: scenarios[i].model.name.clone(), source: e });
    }
    let cut_short: Vec<String> = scenarios
        .iter()
        .zip(&cut)
        .filter_map(|(s, why)| Some(format!("{}: {} (--max-memory)", s.model.name, why.as_ref()?)))
        .collect();
    let of = |(place, replications)| Some(HeldReplications { place, replications: replications? });
    let cases: Vec<HeldReplications> = all.into_iter().enumerate().filter_map(of).collect();
    if cases.is_empty() {
        return Err(if cut_short.is_empty() { StudyError::Stopped } else { StudyError::CutShort(cut_short) });
    }
    let whole = |held: &HeldReplications| held.replications.count() == planned(held.place);
    let complete = cut_short.is_empty() && cases.len() == scenarios.len() && cases.iter().all(whole);
    Ok(Simulated { cases, options: *options, complete, cut_short })
}

impl Simulated {
    /// Scenarios with a finished replication.
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there is none, which [`Study::simulate`] does not give.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// Everything asked for was done.
    pub fn complete(&self) -> bool {
        self.complete
    }

    /// Where memory was not enough: which, and how it came.
    pub fn cut_short(&self) -> &[String] {
        &self.cut_short
    }

    /// Place of a case's scenario among the study's.
    pub fn place(&self, case: usize) -> usize {
        self.cases[case].place
    }

    /// Requests simulated for a case.
    pub fn requests(&self, case: usize) -> u64 {
        self.cases[case].replications.requests()
    }

    /// The estimates of a case alone: those of its whole summary, without what stands beside them.
    pub fn estimates(&self, study: &Study, case: usize) -> Summary {
        let model = &study.scenarios()[self.place(case)].model;
        summarise::estimates(model, &self.replicated(study, case))
    }

    /// One of them by its path: it costs little, and a reader of few of hundreds pays for few.
    pub fn estimate(&self, study: &Study, case: usize, path: &[String]) -> Option<Estimate> {
        let HeldReplications { place, replications } = &self.cases[case];
        let model = &study.scenarios()[*place].model;
        let confidence = self.options.confidence;
        let position = |all: &Replicated| all.keys.iter().position(|key| key.is(path));
        match replications {
            FinishedReplications::Several(all) => Some(summarise::estimate(all, position(all)?, confidence)),
            FinishedReplications::One(outcome) => {
                let (key, value) = value_at(model, outcome, path)?;
                if summarise::is_at_an_instant(&key) {
                    let all = self.replicated(study, case);
                    return Some(summarise::estimate(&all, position(&all)?, confidence));
                }
                Some(summarise::estimate_of(&[value], key.range(), confidence))
            }
        }
    }

    /// Whole-scenario measures of a case's replications.
    pub fn rows(&self, study: &Study, case: usize) -> Vec<ReplicationRow> {
        let model = &study.scenarios()[self.place(case)].model;
        summarise::replication_rows(model, &self.replicated(study, case))
    }

    /// The study's results: the same bits as those of [`Study::run`].
    pub fn results(&self, study: &Study) -> Results {
        let cases = (0..self.len()).map(|case| {
            let place = self.place(case);
            let one = Finished { replicated: self.replicated(study, case), reached: None, ended: true };
            sum_up(&study.scenarios()[place], place, one, self.options.theory).0
        });
        Results {
            cases: cases.collect(),
            comparison: None,
            uncertain_differences: Vec::new(),
            complete: self.complete,
            cut_short: self.cut_short.clone(),
        }
    }

    fn replicated(&self, study: &Study, case: usize) -> Replicated {
        let HeldReplications { place, replications } = &self.cases[case];
        match replications {
            FinishedReplications::Several(all) => (**all).clone(),
            FinishedReplications::One(outcome) => {
                let model = &study.scenarios()[*place].model;
                let mut all = Replicated::none(model, &self.options.settings());
                all.planned = 1;
                all.trace.clone_from(&outcome.trace);
                all.add(model, outcome);
                all
            }
        }
    }
}
