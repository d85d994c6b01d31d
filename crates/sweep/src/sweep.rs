//! A sweep: scenarios over a design of points, planned, simulated and put together. The one door.
//!
//! Shards of a sweep are files, so that it can be stopped, spread over machines and gone on with: a sweep is run in a
//! folder. Its results are plain data, the same whatever the number of threads and machines.

use super::error::SweepError;
use super::merge::{Sink, merge};
use super::plan::{Changes, Look, Plan};
use super::record::Record;
use super::results::Results;
use super::run::{self, Ran, Selection, Watch};
use poolwise_stats::Estimate;
use poolwise_study::measures::Value;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A sweep, ready to run.
///
/// # Examples
/// ```
/// use poolwise_sweep::{Changes, Options, Sweep, Unwatched};
///
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("desk.toml"), r#"
/// run = { horizon = "4 weeks" }
/// class.call = { rate = "40 per hour", start = "answer" }
/// stage.answer = { service = { role = "agent", time = { exponential = "1 min" } }, next = "answered" }
/// stage.answered = { exit = true }
/// centre.desk = { levels = { officers = 1 } }
/// route = [{ to = "desk" }]
/// "#)?;
/// std::fs::write(folder.path().join("load.toml"), r#"
/// scenarios = ["desk.toml"]
/// replications = 3
/// measures = ["utilization"]
/// [axis.rate]
/// path = "class.call.rate"
/// values = ["30 per hour", "48 per hour"]
/// "#)?;
///
/// let sweep = Sweep::load(&folder.path().join("load.toml"), &Changes::default())?;
/// let swept = sweep.run(&Options::in_folder(folder.path().join("load")), &Unwatched)?;
/// let busy: Vec<f64> = swept.estimates.iter().map(|e| e.value.estimate).collect();
/// assert!((busy[0] - 0.5).abs() < 0.05 && (busy[1] - 0.8).abs() < 0.05); // load 0.5 and 0.8
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Sweep {
    plan: Plan,
}

/// How a sweep is run.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Folder of its shards and results. What is finished there already is not simulated again.
    pub folder: PathBuf,
    /// Threads; all processors where `None`. Results do not depend on it.
    pub threads: Option<usize>,
    /// Which points to simulate.
    pub selection: Selection,
    /// Confidence of the estimates.
    pub confidence: f64,
    /// Put all results together in memory once everything is finished, at some 100 bytes a value.
    pub collect: bool,
}

impl Options {
    /// All points, on all processors.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            threads: None,
            selection: Selection::All,
            confidence: 0.95,
            collect: true,
        }
    }
}

/// A measure of a scenario at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PointEstimate {
    /// The point, from 0.
    pub point: usize,
    /// Values of the axes there, as a scenario would have them written.
    pub axes: Vec<String>,
    /// The scenario.
    pub scenario: String,
    /// The measure.
    pub measure: String,
    /// Its estimate over replications.
    pub value: Estimate,
}

/// What came of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Swept {
    /// The sweep's name.
    pub sweep: String,
    /// Hash of its plan.
    pub hash: String,
    /// What was simulated now.
    pub ran: Ran,
    /// Estimates by point, scenario and measure: if they were asked for and every point of the sweep is finished.
    pub estimates: Vec<PointEstimate>,
    /// The values of all replications behind them.
    #[serde(skip)]
    pub results: Option<Results>,
}

/// Lets a sweep run to its end.
#[derive(Debug, Clone, Copy)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn begins(&self, _points: usize, _finished: usize, _replications: u64) {}
    fn note(&self, _text: &str) {}
    fn replication_done(&self, _requests: u64) {}
    fn point_done(&self) {}
    fn stopped(&self) -> bool {
        false
    }
}

impl Sweep {
    /// Reads a sweep file and its scenarios, and plans its points. Every file is read once: cases are made of the
    /// same texts, whatever happens on the disk meanwhile.
    ///
    /// # Errors
    /// What is wrong with the file, its scenarios, its first point or an end of an axis; a design of absurd size.
    pub fn load(path: &Path, changes: &Changes) -> Result<Self, SweepError> {
        Self::look(path, changes, Look::Ends)
    }

    /// The same, with more or fewer of its points tried.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn look(path: &Path, changes: &Changes, look: Look) -> Result<Self, SweepError> {
        Ok(Self { plan: Plan::make(path, changes, look)? })
    }

    /// Its plan: points, cases, measures, hash.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Simulates what is not finished yet of the selected points. When `watch` stops it, what was finished is kept in
    /// the folder, and `ran.complete` says that this is not all.
    ///
    /// # Errors
    /// If the folder is another sweep's, another process works on the same shard, a point is not valid, a replication
    /// fails, or a file cannot be read or written. What was finished until then is kept.
    pub fn run(&self, options: &Options, watch: &dyn Watch) -> Result<Swept, SweepError> {
        let plan = &self.plan;
        if let Selection::Points(points) = &options.selection
            && let Some(last) = points.last().filter(|p| *p >= plan.points.len())
        {
            let most = plan.points.len() - 1;
            let said = format!("there is no point {last}; the sweep has points 0 to {most}");
            return Err(SweepError::Usage(said));
        }
        let threads = options.threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from));
        let ran = run::run(plan, &options.folder, &options.selection, threads.unwrap_or(1), watch)?;
        // A part of the points has no results of its own: the parts are merged when all are there.
        let whole = options.collect && ran.complete && options.selection == Selection::All;
        let results = if whole { Some(self.results(&options.folder)?) } else { None };
        let estimates = results.as_ref().map_or_else(Vec::new, |r| r.estimates(options.confidence));
        let (sweep, hash) = (plan.manifest.sweep.clone(), plan.hash.clone());
        Ok(Swept { sweep, hash, ran, estimates, results })
    }

    /// All results of a finished sweep, put together from its shards in memory.
    ///
    /// # Errors
    /// If something is missing, records of one replication disagree, a shard belongs to another sweep, or a file
    /// cannot be read.
    pub fn results(&self, folder: &Path) -> Result<Results, SweepError> {
        let mut results = Results::empty(self.plan.manifest.clone());
        results.points = self.plan.points.iter().map(<[f64]>::to_vec).collect();
        merge(&self.plan, folder, &mut results)?;
        Ok(results)
    }
}

impl Sink for Results {
    fn replication(&mut self, point: usize, scenario: usize, record: &Record) -> Result<(), SweepError> {
        for (measure, value) in record.values.iter().enumerate() {
            match *value {
                // As tidy files have it, which know no third kind of value.
                Some(Value::Known(x)) => self.push(point, scenario, measure, Value::Plain(x)),
                Some(value) => self.push(point, scenario, measure, value),
                None => {}
            }
        }
        Ok(())
    }
}

impl Results {
    /// All estimates, by point, scenario and measure. A measure that a scenario does not have is left out.
    pub fn estimates(&self, confidence: f64) -> Vec<PointEstimate> {
        let m = &self.manifest;
        let mut out = Vec::new();
        for point in 0..self.points.len() {
            let axes: Vec<String> = m.axes.iter().zip(&self.points[point]).map(|(a, x)| a.show(*x)).collect();
            for (s, scenario) in m.scenarios.iter().enumerate() {
                for (k, measure) in m.measures.iter().enumerate() {
                    if self.values(point, s, k).is_empty() {
                        continue;
                    }
                    out.push(PointEstimate {
                        point,
                        axes: axes.clone(),
                        scenario: scenario.name.clone(),
                        measure: measure.clone(),
                        value: self.estimate(point, s, k, confidence),
                    });
                }
            }
        }
        out
    }
}
