//! Simulates what is due of a sweep on all cores, and appends each replication to a shard file.
//!
//! A worker takes a case, loads its scenario once and simulates its replications one by one; workers without
//! a case of their own help with the replications of others, so that the end of a sweep is as busy as its
//! middle. Which numbers come out does not depend on who does what.

use super::error::SweepError;
use super::list::Ranges;
use super::manifest::Manifest;
use super::plan::SweepPlan;
use super::record::Record;
use super::status::{Due, Progress};
use super::store::{Health, Shard, write_whole_with};
use poolwise_engine::{Failure, Limits};
use poolwise_scenario::{Scenario, sha256};
use poolwise_study::Watch;
use poolwise_study::measures::measure;
use serde::Serialize;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

/// Name of the plan in a sweep's folder.
pub const PLAN: &str = "plan.json";
/// Name of the table of points.
pub(crate) const POINTS: &str = "points.csv";

/// Which points to simulate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All points of the sweep.
    All,
    /// Those whose number leaves the rest `k` when divided by `n`.
    Shard {
        /// Which shard, from 0.
        k: usize,
        /// Of how many.
        n: usize,
    },
    /// The points of these numbers.
    Points(Ranges),
}

impl Selection {
    /// Whether a point is among them.
    pub(crate) fn has(&self, point: usize) -> bool {
        match self {
            Self::All => true,
            Self::Shard { k, n } => point % n == *k,
            Self::Points(ranges) => ranges.contains(point),
        }
    }

    /// Name of the shard file.
    fn name(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Shard { k, n } => format!("{k}-of-{n}"),
            Self::Points(ranges) => {
                let text = ranges.to_string();
                if text.len() <= 60 {
                    format!("points-{}", text.replace(',', "_"))
                } else {
                    format!("points-{}", &sha256(text.as_bytes())[..16])
                }
            }
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ran {
    /// Replications simulated now.
    pub replications: u64,
    /// Requests simulated now.
    pub requests: u64,
    /// Whether all points of the selection are finished.
    pub complete: bool,
    /// Cases (points with a scenario) that were left for want of memory.
    pub beyond: usize,
    /// Share of the threads' time that went into simulation itself; the rest is loading scenarios, measuring
    /// and writing.
    pub simulating: f64,
}

/// Makes the sweep's folder, or checks that it is this sweep's.
///
/// # Errors
/// If it belongs to another sweep or cannot be written.
pub fn prepare(plan: &SweepPlan, folder: &Path) -> Result<(), SweepError> {
    fs::create_dir_all(folder).map_err(|e| SweepError::file(folder, "make the folder", e))?;
    if !belongs(plan, folder)? {
        write_whole_with(&folder.join(PLAN), |file| plan.manifest.write(file))?;
    }
    let path = folder.join(POINTS);
    if !path.exists() {
        write_whole_with(&path, |file| plan.table(file))?;
    }
    Ok(())
}

/// Whether a folder has this plan already; not if it has none.
///
/// # Errors
/// If it has another.
pub fn belongs(plan: &SweepPlan, folder: &Path) -> Result<bool, SweepError> {
    let path = folder.join(PLAN);
    let Ok(text) = fs::read_to_string(&path) else { return Ok(false) };
    if sha256(text.as_bytes()) == plan.hash {
        return Ok(true);
    }
    // A plan that a crash has cut short is no other sweep's; shards have its hash in any case.
    if let Ok(other) = serde_json::from_str::<Manifest>(&text) {
        return Err(SweepError::OtherSweep { path, differs: plan.manifest.differences(&other) });
    }
    if serde_json::from_str::<serde_json::Value>(&text).is_ok() {
        return Err(SweepError::OtherSweep { path, differs: "`format`".to_owned() });
    }
    Ok(false)
}

/// Simulates what is due of a selection.
///
/// # Errors
/// If the folder is another sweep's, another process works on the same shard, a point is not valid, a
/// replication fails, or a file cannot be written. What was finished until then is kept.
pub(crate) fn run(
    plan: &SweepPlan,
    folder: &Path,
    selection: &Selection,
    threads: usize,
    watch: &dyn Watch,
) -> Result<Ran, SweepError> {
    prepare(plan, folder)?;
    let clock = Instant::now();
    let (shard, health) = Shard::open(folder, &selection.name(), &plan.form(), &mut |_| {})?;
    tell(watch, shard.path(), health, true);
    let progress = Progress::read(plan, folder, None)?;
    for (path, health) in &progress.ailing {
        tell(watch, path, *health, false);
    }
    let threads = threads.max(1);
    let state = SweepState::new(plan, progress, selection);
    watch.points(state.points, state.points - state.open_points, state.expected);
    let crew = WorkerCrew {
        plan,
        shard: &shard,
        watch,
        state: Mutex::new(state),
        changed: Condvar::new(),
        busy: AtomicU64::new(0),
    };
    std::thread::scope(|scope| {
        let syncing = scope.spawn(|| shard.sync());
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| crew.work())).collect();
        let mut panic = None;
        for worker in workers {
            panic = worker.join().err().or(panic);
        }
        shard.close();
        let synced = syncing.join().err();
        if let Some(panic) = panic.or(synced) {
            std::panic::resume_unwind(panic);
        }
    });
    let busy = crew.busy.into_inner() as f64 / 1e9;
    let state = crew.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, failure)) = state.failure {
        return Err(failure);
    }
    shard.outcome()?;
    Ok(Ran {
        replications: state.replications,
        requests: state.requests,
        complete: state.open_points == 0,
        beyond: state.beyond.len(),
        simulating: busy / (threads as f64 * clock.elapsed().as_secs_f64()),
    })
}

fn tell(watch: &dyn Watch, path: &Path, health: Health, mended: bool) {
    if health.headless {
        watch.note(&format!("{}: its beginning is damaged; all of it is done again", path.display()));
    } else if health.damaged > 0 {
        let s = if health.damaged == 1 { "" } else { "s" };
        watch.note(&format!(
            "{}: {} record{s} damaged (by checksum); what they held is done again",
            path.display(),
            health.damaged
        ));
    } else if health.torn > 0 && mended {
        watch.note(&format!(
            "{}: its last record was cut off; that replication is done again",
            path.display()
        ));
    }
}

/// A case being simulated.
#[derive(Debug)]
struct CaseRun {
    case: usize,
    scenario: OnceLock<Result<Scenario, ()>>,
}

/// What workers share.
struct SweepState {
    progress: Progress,
    /// Cases not begun, the next one last.
    ahead: Vec<u32>,
    /// Cases begun: replications not begun, and how many are under way.
    active: Vec<(Arc<CaseRun>, Vec<u32>, usize)>,
    /// Unfinished cases of each point; a map only of points that have some.
    open: std::collections::HashMap<u32, u16>,
    points: usize,
    open_points: usize,
    expected: u64,
    replications: u64,
    requests: u64,
    /// The failure of the first case that failed.
    failure: Option<(usize, SweepError)>,
    /// Cases for which memory was not enough.
    beyond: std::collections::BTreeSet<usize>,
    /// A thread has panicked.
    broken: bool,
}

impl SweepState {
    fn new(plan: &SweepPlan, progress: Progress, selection: &Selection) -> Self {
        let mut state = Self {
            progress,
            ahead: Vec::new(),
            active: Vec::new(),
            open: std::collections::HashMap::new(),
            points: 0,
            open_points: 0,
            expected: 0,
            replications: 0,
            requests: 0,
            failure: None,
            beyond: std::collections::BTreeSet::new(),
            broken: false,
        };
        for (i, case) in plan.cases().iter().enumerate().rev() {
            if !selection.has(case.point as usize) {
                continue;
            }
            match state.progress.due(i) {
                Due::Nothing(_) => state.progress.forget(i),
                Due::Replications(due) => {
                    state.expected += due.len() as u64;
                    *state.open.entry(case.point).or_insert(0) += 1;
                    state.ahead.push(i as u32);
                }
            }
        }
        state.points = (0..plan.points.len()).filter(|p| selection.has(*p)).count();
        state.open_points = state.open.len();
        state
    }
}

struct WorkerCrew<'a> {
    plan: &'a SweepPlan,
    shard: &'a Shard,
    watch: &'a dyn Watch,
    state: Mutex<SweepState>,
    changed: Condvar,
    /// Nanoseconds of simulation, over all threads.
    busy: AtomicU64,
}

/// Tells the others when a worker leaves.
struct Leaving<'c>(&'c Condvar, &'c Mutex<SweepState>);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.1.lock().unwrap_or_else(PoisonError::into_inner).broken = true;
        }
        self.0.notify_all();
    }
}

impl WorkerCrew<'_> {
    fn lock(&self) -> MutexGuard<'_, SweepState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        // Nobody waits for one who has left, in whatever way.
        let _leaving = Leaving(&self.changed, &self.state);
        let mut mine: Option<Arc<CaseRun>> = None;
        while !self.watch.stopped() {
            let Some((unit, replication)) = self.next(mine.as_ref()) else { break };
            mine = Some(Arc::clone(&unit));
            let outcome = self.simulate(&unit, replication);
            self.finish(&unit, outcome);
        }
    }

    /// The next replication to simulate: of one's own case, of a new case, or of somebody else's. Waits if
    /// there may be more later. `None` if there is nothing left or something failed.
    fn next(&self, mine: Option<&Arc<CaseRun>>) -> Option<(Arc<CaseRun>, u32)> {
        let mut state = self.lock();
        loop {
            if state.failure.is_some() || state.broken || self.watch.stopped() {
                return None;
            }
            let own = mine.and_then(|m| {
                state.active.iter().position(|(u, due, _)| u.case == m.case && !due.is_empty())
            });
            if own.is_none()
                && let Some(case) = state.ahead.pop()
            {
                let case = case as usize;
                if let Due::Replications(mut due) = state.progress.due(case) {
                    due.reverse();
                    let unit = CaseRun { case, scenario: OnceLock::new() };
                    state.active.push((Arc::new(unit), due, 0));
                    let last = state.active.len() - 1;
                    return Self::take(&mut state, last);
                }
                continue;
            }
            let some = own.or_else(|| state.active.iter().position(|(_, due, _)| !due.is_empty()));
            match some {
                Some(i) => return Self::take(&mut state, i),
                None if state.active.is_empty() => return None,
                // A precision may ask for more when those under way are finished.
                None => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn take(state: &mut SweepState, i: usize) -> Option<(Arc<CaseRun>, u32)> {
        let (unit, due, under_way) = &mut state.active[i];
        let replication = due.pop()?;
        *under_way += 1;
        Some((Arc::clone(unit), replication))
    }

    fn simulate(&self, unit: &CaseRun, replication: u32) -> Result<Record, Option<SweepError>> {
        let mut failure = None;
        let scenario =
            unit.scenario.get_or_init(|| self.plan.load_case(unit.case).map_err(|e| failure = Some(e)));
        let Ok(scenario) = scenario else { return Err(failure) };
        let model = &scenario.model;
        let case = self.plan.cases()[unit.case];
        let clock = Instant::now();
        let limits =
            Limits { memory: self.watch.memory(), stopped: &|| self.watch.stopped(), ..Limits::default() };
        let outcome = poolwise_engine::run_within(model, replication, false, limits);
        self.busy.fetch_add(clock.elapsed().as_nanos() as u64, Ordering::Relaxed);
        let outcome = outcome.map_err(|failure| {
            if failure == Failure::Stopped {
                return None;
            }
            let row = self.plan.points.row(case.point as usize);
            let what = self.plan.describe(usize::from(case.scenario), row);
            Some(SweepError::Engine {
                what: format!("point {}: {what}, replication {replication}", case.point),
                failure,
            })
        })?;
        let rows = measure(model, &outcome);
        let (keys, values): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let values = self.plan.positions(&keys).into_iter().map(|p| p.map(|p| values[p])).collect();
        let record = Record {
            point: case.point,
            scenario: case.scenario,
            replication,
            requests: outcome.requests,
            values,
        };
        self.shard.append(&record)?;
        Ok(record)
    }

    fn finish(&self, unit: &CaseRun, outcome: Result<Record, Option<SweepError>>) {
        let mut state = self.lock();
        let Some(i) = state.active.iter().position(|(u, ..)| u.case == unit.case) else { return };
        state.active[i].2 -= 1;
        match outcome {
            Ok(record) => {
                state.replications += 1;
                state.requests += record.requests;
                state.progress.note(self.plan, &record);
                self.watch.replication_done(record.requests);
                if state.beyond.contains(&unit.case) {
                    if state.active[i].2 == 0 {
                        state.active.swap_remove(i);
                    }
                    self.changed.notify_all();
                } else if state.active[i].1.is_empty() && state.active[i].2 == 0 {
                    match state.progress.due(unit.case) {
                        Due::Replications(mut due) => {
                            due.reverse();
                            state.active[i].1 = due;
                        }
                        Due::Nothing(_) => {
                            state.active.swap_remove(i);
                            state.progress.forget(unit.case);
                            self.close(&mut state, unit.case);
                        }
                    }
                    self.changed.notify_all();
                }
            }
            // Memory was not enough: this case is left, the others go on.
            Err(Some(SweepError::Engine { what, failure })) if failure.cuts_short() => {
                if state.beyond.insert(unit.case) {
                    self.watch.note(&format!("{what}: {failure}"));
                }
                state.active[i].1.clear();
                if state.active[i].2 == 0 {
                    state.active.swap_remove(i);
                }
                self.changed.notify_all();
            }
            // Whoever was first to load the scenario has the reason.
            Err(reason) => {
                if let Some(reason) = reason
                    && state.failure.as_ref().is_none_or(|f| unit.case < f.0)
                {
                    state.failure = Some((unit.case, reason));
                }
                self.changed.notify_all();
            }
        }
    }

    /// Counts down the unfinished cases of a point.
    fn close(&self, state: &mut SweepState, case: usize) {
        let point = self.plan.cases()[case].point;
        if let Some(left) = state.open.get_mut(&point) {
            *left -= 1;
            if *left == 0 {
                state.open.remove(&point);
                state.open_points -= 1;
                self.watch.point_done();
            }
        }
    }
}

impl SweepPlan {
    /// `points.csv`: a row for each point and scenario, with the id of its case and the point that it is
    /// simulated at.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn table(&self, to: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(to);
        let axes = self.manifest.axes.iter().map(|a| a.name.clone());
        let header = ["point".to_owned()].into_iter().chain(axes);
        writer.write_record(header.chain(["scenario", "id", "simulated_at"].map(str::to_owned)))?;
        for (point, row) in self.points.iter().enumerate() {
            for (scenario, entry) in self.manifest.scenarios.iter().enumerate() {
                let case = self.cases()[self.case_of(point, scenario)];
                let values = self.manifest.axes.iter().zip(row).map(|(a, x)| a.show(*x));
                let tail = [entry.name.clone(), case.id(), case.point.to_string()];
                writer.write_record([point.to_string()].into_iter().chain(values).chain(tail))?;
            }
        }
        writer.flush()
    }
}
