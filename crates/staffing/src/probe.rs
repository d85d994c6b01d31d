//! Simulates staffings and keeps what the checks ask for, replication by replication.

use super::check::{TargetCells, TargetCheck};
use super::controls::{self, ArrivalControls, Controlling, ControlsFound, TestWindow};
use super::judge::{Judgement, StaffingVerdict, TestRule};
use poolwise_engine::model::Model;
use poolwise_engine::{Failure, Outcome};
use poolwise_study::parallel::{self, Workers};
use poolwise_study::{Replicated, Settings, Watch, run_watched};
use std::collections::HashMap;
use std::ops::ControlFlow;
use thiserror::Error;

/// Replications behind the tables of what a staffing delivers; verdicts rest on all.
pub(crate) const SHOWN: u32 = 4;

/// Why there is no verdict.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Halt {
    /// The engine could not run.
    #[error(transparent)]
    Failed(Failure),
    /// The user stopped it.
    #[error("stopped before the search was finished")]
    Stopped,
}

/// Cells of every check, by replication.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Samples {
    /// By replication, then check.
    pub replications: Vec<Vec<TargetCells>>,
    /// Requests that arrived in each replication's window, where that is kept.
    pub arrivals: Vec<f64>,
}

impl Samples {
    /// One check's cell over the first `n` replications.
    pub(crate) fn pairs(&self, check: usize, cell: usize, n: usize) -> Vec<(f64, f64)> {
        self.replications.iter().take(n).map(|r| r[check][cell]).collect()
    }

    fn extend(&mut self, more: Self) {
        self.replications.extend(more.replications);
        self.arrivals.extend(more.arrivals);
    }
}

/// What all probes of an option share.
pub struct Probe<'a> {
    /// What is asked.
    pub checks: &'a [TargetCheck],
    /// Replications of the scenario to be matched, for the same checks; empty without one.
    pub reference: &'a Samples,
    /// How to test.
    pub rule: TestRule,
    /// Threads; all cores where `None`.
    pub threads: Option<usize>,
    /// Sees progress, can stop.
    pub watch: &'a dyn Watch,
    /// Samples of staffings tried, by their key.
    known: HashMap<u64, Samples>,
    /// The last staffing of which all replications were simulated.
    full: Option<u64>,
    /// What the first replications deliver in all measures, of staffings that may hold.
    shown: HashMap<u64, Replicated>,
    /// Into how many replications tests divide each of the scenario's.
    window: TestWindow,
    /// What is known of arrivals, where it is taken out of margins.
    controls: Option<ArrivalControls<'a>>,
    /// With controls: verdicts of the search, so that a staffing has one whatever is learnt later.
    judged: HashMap<u64, Judgement>,
    /// Replications simulated so far, those of looks included.
    pub simulated: u64,
}

impl<'a> Probe<'a> {
    /// Nothing tried yet.
    pub fn new(
        checks: &'a [TargetCheck],
        reference: &'a Samples,
        rule: TestRule,
        threads: Option<usize>,
        watch: &'a dyn Watch,
    ) -> Self {
        Self {
            checks,
            reference,
            rule,
            threads,
            watch,
            known: HashMap::new(),
            full: None,
            shown: HashMap::new(),
            window: TestWindow::WHOLE,
            controls: None,
            judged: HashMap::new(),
            simulated: 0,
        }
    }

    /// The same with what is known of arrivals taken out of margins, and replications of this window.
    pub(crate) fn with_controls(self, window: TestWindow, controls: Option<ArrivalControls<'a>>) -> Self {
        Self { window, controls, ..self }
    }

    /// The window of tests.
    pub(crate) fn window(&self) -> TestWindow {
        self.window
    }

    /// What controls did, where they were asked for.
    pub(crate) fn controls_found(&self) -> Option<ControlsFound> {
        self.controls.as_ref().map(|controls| controls.found(self.checks))
    }

    /// How many different staffings were tried.
    pub(crate) fn staffings(&self) -> usize {
        self.known.len()
    }

    /// The verdict on a staffing; `key` tells it from others.
    ///
    /// # Errors
    /// A run that failed, or the user's stop.
    pub(crate) fn judge(&mut self, key: u64, model: &Model) -> Result<Judgement, Halt> {
        if let Some(known) = self.judged.get(&key) {
            return Ok(*known);
        }
        let judgement = self.look_on(key, model)?;
        if self.controls.is_some() {
            self.judged.insert(key, judgement);
        }
        Ok(judgement)
    }

    /// One look after the other, until one has a verdict.
    fn look_on(&mut self, key: u64, model: &Model) -> Result<Judgement, Halt> {
        let last = self.rule.looks.last().copied().unwrap_or(0);
        let mut seen = 0;
        for n in self.rule.looks.clone() {
            // Most staffings are told by the first look; what that leaves open is worth to learn more of.
            if seen > 0 {
                self.learn(model, last - seen)?;
            }
            seen = n;
            self.grow(key, model, n)?;
            let controlling = self.controls.as_ref().and_then(|controls| controls.of(model));
            let of = |samples: &Samples, n: usize| {
                let plain = margins(self.checks, samples, self.reference, n);
                let with = controlling.map(|c| c.all_left(&samples.arrivals, &plain));
                (plain, with)
            };
            let (plain, with) = of(&self.known[&key], n as usize);
            let other = self.full.filter(|other| *other != key && n < last).map(|other| &self.known[&other]);
            let other = other.map(|samples| of(samples, samples.replications.len()));
            let other = other.map(|(plain, with)| with.unwrap_or(plain));
            if n >= last {
                self.full = Some(key);
            }
            let own = with.as_ref().unwrap_or(&plain);
            if let Some(judgement) = self.rule.judge(own, other.as_deref()) {
                if let Some(controls) = &mut self.controls {
                    controls.keep(key, &plain, with.as_deref());
                }
                if judgement.verdict != StaffingVerdict::Holds {
                    self.shown.remove(&key);
                }
                return Ok(judgement);
            }
        }
        // The last look always has a verdict.
        Err(Halt::Stopped)
    }

    /// Learns how much arrivals explain at a staffing, where that is worth it for the `left` replications of its test.
    fn learn(&mut self, model: &Model, left: u32) -> Result<(), Halt> {
        let Some(controls) = &mut self.controls else { return Ok(()) };
        if let Some(runs) = controls.wanted(&self.window.applied(model), left) {
            let range = controls::range(runs);
            let seen = samples(&controls::short(model), self.checks, range, (self.threads, self.watch))?;
            controls.learn(model, self.checks, &seen);
        }
        Ok(())
    }

    /// How a staffing's margins were controlled when it was judged.
    pub(crate) fn controlling(&self, key: u64, model: &Model) -> Option<Controlling<'_>> {
        self.controls.as_ref().and_then(|controls| controls.of_judged(key, model))
    }

    /// Margins of a staffing over all its replications, as they were judged.
    pub(crate) fn margins(&self, key: u64, model: &Model) -> Option<Vec<Vec<Vec<f64>>>> {
        let samples = self.samples(key)?;
        let plain = margins(self.checks, samples, self.reference, samples.replications.len());
        Some(match self.controlling(key, model) {
            Some(controlling) => controlling.all_left(&samples.arrivals, &plain),
            None => plain,
        })
    }

    /// The verdict on a staffing that is no part of a search, with an error of its own: at the first look
    /// where that tells, else at the last.
    ///
    /// # Errors
    /// See [`Self::judge`].
    pub(crate) fn judge_alone(&mut self, key: u64, model: &Model, error: f64) -> Result<Judgement, Halt> {
        let (first, last) = (self.rule.looks[0], self.rule.looks[self.rule.looks.len() - 1]);
        let search = std::mem::replace(
            &mut self.rule,
            TestRule { looks: vec![first, last], holds: error, fails: error },
        );
        let verdict = self.look_on(key, model);
        self.rule = search;
        verdict
    }

    /// At least `n` replications of a staffing, in the window of tests.
    ///
    /// # Errors
    /// See [`Self::judge`].
    pub(crate) fn grow(&mut self, key: u64, model: &Model, n: u32) -> Result<&Samples, Halt> {
        let have = self.known.get(&key).map_or(0, |s| s.replications.len()) as u32;
        if have < n {
            let shown = if have == 0 { self.window.shown(model) } else { 0 };
            let model = &self.window.applied(model);
            let (more, shown) = sample_shown(model, self.checks, have..n, shown, (self.threads, self.watch))?;
            if let Some(shown) = shown {
                self.shown.insert(key, shown);
            }
            self.simulated += u64::from(n - have);
            self.known.entry(key).or_default().extend(more);
        }
        Ok(&self.known[&key])
    }

    /// What the first replications of a staffing that holds deliver, where they are those that tables show.
    pub(crate) fn shown(&mut self, key: u64) -> Option<Replicated> {
        self.shown.remove(&key)
    }

    /// What is known of a staffing.
    pub(crate) fn samples(&self, key: u64) -> Option<&Samples> {
        self.known.get(&key)
    }
}

/// Margins by check, cell and replication over the first `n`.
pub fn margins(checks: &[TargetCheck], ours: &Samples, theirs: &Samples, n: usize) -> Vec<Vec<Vec<f64>>> {
    let cell = |c: usize, check: &TargetCheck, h: usize| {
        let reference = theirs.pairs(c, h, n);
        check.margins(&ours.pairs(c, h, n), &reference)
    };
    checks
        .iter()
        .enumerate()
        .map(|(c, check)| (0..check.cells()).map(|h| cell(c, check, h)).collect())
        .collect()
}

/// The cells of every check in a range of replications. Checks that ask for different times within which
/// to be done or started take a run each of the same requests.
///
/// # Errors
/// The engine could not run, or the user stopped it.
pub fn sample(
    model: &Model,
    checks: &[TargetCheck],
    range: std::ops::Range<u32>,
    threads: Option<usize>,
    watch: &dyn Watch,
) -> Result<Vec<Vec<TargetCells>>, Halt> {
    let runs = sample_with(model, checks, range, threads, watch, |_, _| ())?;
    Ok(runs.into_iter().map(|(cells, ())| cells).collect())
}

/// The same with how many requests arrived.
///
/// # Errors
/// See [`sample`].
pub(crate) fn samples(
    model: &Model,
    checks: &[TargetCheck],
    range: std::ops::Range<u32>,
    (threads, watch): (Option<usize>, &dyn Watch),
) -> Result<Samples, Halt> {
    Ok(sample_shown(model, checks, range, 0, (threads, watch))?.0)
}

/// The same, and the first `shown` replications in all measures; none where the checks ask for other times within which to be done or
/// started than the model does, so that its own measures would be others.
///
/// # Errors
/// See [`sample`].
pub(crate) fn sample_shown(
    model: &Model,
    checks: &[TargetCheck],
    range: std::ops::Range<u32>,
    shown: u32,
    (threads, watch): (Option<usize>, &dyn Watch),
) -> Result<(Samples, Option<Replicated>), Halt> {
    let same = |p: &Pass| p.done == model.run.target && p.started == model.run.prompt;
    let shown = if passes(checks, model).first().is_some_and(same) { shown.min(range.end) } else { 0 };
    let keep = |_: &Model, outcome: &Outcome| {
        (outcome.total.arrivals as f64, (outcome.replication < shown).then(|| outcome.clone()))
    };
    let mut all = Replicated::none(model, &Settings { threads, ..Settings::default() });
    let runs = sample_with(model, checks, range, threads, watch, keep)?;
    let mut list = Samples::default();
    for (cells, (arrivals, outcome)) in runs {
        list.replications.push(cells);
        list.arrivals.push(arrivals);
        if let Some(outcome) = outcome {
            all.add(model, &outcome);
            all.planned += 1;
        }
    }
    let are_all = shown > 0 && all.planned == shown;
    Ok((list, are_all.then_some(all)))
}

/// The same with a look at each replication's outcome, of the first of its runs.
///
/// # Errors
/// See [`Probe::judge`].
pub(crate) fn sample_with<X: Send>(
    model: &Model,
    checks: &[TargetCheck],
    range: std::ops::Range<u32>,
    threads: Option<usize>,
    watch: &dyn Watch,
    look: impl Fn(&Model, &Outcome) -> X + Sync,
) -> Result<Vec<(Vec<TargetCells>, X)>, Halt> {
    let passes = passes(checks, model);
    let models: Vec<Model> = passes
        .iter()
        .map(|p| {
            let mut model = model.clone();
            (model.run.target, model.run.prompt) = (p.done, p.started);
            model
        })
        .collect();
    type Seen<X> = (Vec<TargetCells>, Option<X>, u64);
    let one = |k: u32| -> Result<Seen<X>, Failure> {
        let mut cells: Vec<Option<TargetCells>> = vec![None; checks.len()];
        let (mut requests, mut seen) = (0, None);
        for (pass, model) in passes.iter().zip(&models) {
            let outcome: Outcome = run_watched(model, k, false, watch)?;
            requests += outcome.requests;
            if seen.is_none() {
                seen = Some(look(model, &outcome));
            }
            for &c in &pass.checks {
                cells[c] = Some(checks[c].read(model, &outcome));
            }
        }
        Ok((cells.into_iter().map(Option::unwrap_or_default).collect(), seen, requests))
    };
    let mut out = Vec::with_capacity(range.len());
    let mut failure = None;
    let stopped = || watch.stopped();
    let workers = Workers { threads, stopped: &stopped };
    let count = range.len();
    parallel::ordered(
        range.start as usize..range.end as usize,
        workers,
        |k| one(k as u32),
        |_, run| match run {
            Ok((cells, seen, requests)) => {
                watch.replication_done(requests);
                // There is always a first run.
                out.extend(seen.map(|seen| (cells, seen)));
                ControlFlow::Continue(())
            }
            Err(e) => {
                failure = Some(e);
                ControlFlow::Break(())
            }
        },
    );
    match failure {
        Some(Failure::Stopped) => Err(Halt::Stopped),
        Some(e) => Err(Halt::Failed(e)),
        None if out.len() < count => Err(Halt::Stopped),
        None => Ok(out),
    }
}

/// One run of the same requests, with its times within which to be done and started.
struct Pass {
    done: f64,
    started: f64,
    checks: Vec<usize>,
}

fn passes(checks: &[TargetCheck], model: &Model) -> Vec<Pass> {
    let mut list: Vec<(Option<f64>, Option<f64>, Vec<usize>)> = vec![(None, None, Vec::new())];
    for (c, check) in checks.iter().enumerate() {
        let (done, started) = (check.done_within(), check.started_within());
        let fits = |have: Option<f64>, want: Option<f64>| want.is_none() || have.is_none() || have == want;
        match list.iter_mut().find(|p| fits(p.0, done) && fits(p.1, started)) {
            Some(p) => {
                p.0 = p.0.or(done);
                p.1 = p.1.or(started);
                p.2.push(c);
            }
            None => list.push((done, started, vec![c])),
        }
    }
    list.into_iter()
        .map(|(done, started, checks)| Pass {
            done: done.unwrap_or(model.run.target),
            started: started.unwrap_or(model.run.prompt),
            checks,
        })
        .collect()
}
