//! A sweep: scenarios over a design of points, planned, simulated and put together. The one door.
//!
//! Shards of a sweep are files, so that it can be stopped, spread over machines and gone on with: a sweep is run in a
//! folder. Its results are plain data, the same whatever the number of threads and machines.

use super::analysis::cost;
use super::analysis::{CONFIDENCE, Findings, SearchEffort, SweepAnswer};
use super::controls::SweepControls;
use super::error::SweepError;
use super::inputs::BaseScenario;
use super::merge::{Sink, merge, merge_finished};
use super::plan::{Changes, Look, SweepPlan};
use super::record::Record;
use super::results::SweepResults;
use super::run::{self, Ran, Selection};
use poolwise_scenario::{Overrides, Snapshot};
use poolwise_stats::Estimate;
use poolwise_study::measures::Value;
use poolwise_study::{Loaded, Study, Watch};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A sweep, ready to run.
///
/// # Examples
/// ```
/// use poolwise_study::Unwatched;
/// use poolwise_sweep::{Changes, SweepOptions, Sweep};
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
/// let swept = sweep.run(&SweepOptions::in_folder(folder.path().join("load")), &Unwatched)?;
/// let busy: Vec<f64> = swept.estimates.iter().map(|e| e.value.estimate).collect();
/// assert!((busy[0] - 0.5).abs() < 0.05 && (busy[1] - 0.8).abs() < 0.05); // load 0.5 and 0.8
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Sweep {
    plan: SweepPlan,
}

/// How a sweep is run.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepOptions {
    /// Folder of its shards and results. What is finished there already is not simulated again.
    pub folder: PathBuf,
    /// Threads; all processors where `None`. Results do not depend on it.
    pub threads: Option<usize>,
    /// Which points to simulate.
    pub selection: Selection,
    /// Put all results together in memory once everything is finished, at some 30 bytes a value, and say what they say.
    pub collect: bool,
    /// Look for break-even values with further replications; read off between points where `None`.
    pub search: Option<SearchEffort>,
}

impl SweepOptions {
    /// All points, on all processors.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), threads: None, selection: Selection::All, collect: true, search: None }
    }
}

/// A measure of a scenario at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PointEstimate {
    /// The point, from 0.
    pub point: usize,
    /// Values of the axes there, as a scenario would have them written.
    pub axes: Vec<String>,
    /// Name of the scenario.
    pub scenario: String,
    /// Name of the measure.
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
    /// What the results say: the content of `report.json`. As what follows, if results were asked for and every point
    /// of the sweep is finished.
    pub answer: Option<SweepAnswer>,
    /// Estimates by point, scenario and measure, with intervals of 95 %; controlled where that was [asked for](Changes::controls).
    pub estimates: Vec<PointEstimate>,
    /// The values of all replications behind them.
    #[serde(skip)]
    pub results: Option<SweepResults>,
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
        Self::load_through(Snapshot::default(), path, changes, look)
    }

    /// The same, from the files of a snapshot.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn load_through(
        files: Snapshot,
        path: &Path,
        changes: &Changes,
        look: Look,
    ) -> Result<Self, SweepError> {
        Ok(Self { plan: SweepPlan::make_through(files, path, changes, look)? })
    }

    /// Its plan: points, cases, measures, hash.
    pub fn plan(&self) -> &SweepPlan {
        &self.plan
    }

    /// Its scenarios as they are at no point of it: with what is changed at all points, and without its axes.
    ///
    /// # Errors
    /// If they cannot be read again.
    pub fn study(&self) -> Result<Study, SweepError> {
        let read = |source: &BaseScenario| {
            let overrides = Overrides { sets: source.sets.clone(), ..Overrides::default() };
            Loaded::read(&self.plan.files, &source.path, &overrides)
                .map_err(|problems| SweepError::Invalid { about: String::new(), problems })
        };
        let loaded = self.plan.sources.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        Study::of(loaded).map_err(|e| SweepError::Usage(e.to_string()))
    }

    /// Simulates what is not finished yet of the selected points. When `watch` stops it, what was finished is kept in
    /// the folder, and `ran.complete` says that this is not all.
    ///
    /// # Errors
    /// If the folder is another sweep's, another process works on the same shard, a point is not valid, a replication
    /// fails, or a file cannot be read or written. What was finished until then is kept.
    pub fn run(&self, options: &SweepOptions, watch: &dyn Watch) -> Result<Swept, SweepError> {
        let plan = &self.plan;
        if let Selection::Points(points) = &options.selection
            && let Some(last) = points.last().filter(|p| *p >= plan.points.len())
        {
            return Err(SweepError::NoPoint { point: last, most: plan.points.len() - 1 });
        }
        let threads = options.threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from));
        let ran = run::run(plan, &options.folder, &options.selection, threads.unwrap_or(1), watch)?;
        let (sweep, hash) = (plan.manifest.sweep.clone(), plan.hash.clone());
        let mut swept = Swept { sweep, hash, ran, answer: None, estimates: Vec::new(), results: None };
        // A part of the points has no results of its own: the parts are merged when all are there.
        if options.collect && ran.complete && options.selection == Selection::All {
            let results = self.results(&options.folder)?;
            let mut findings = self.findings(&results, &options.folder)?;
            if let Some(effort) = options.search {
                self.search(&mut findings, &options.folder, effort, watch)?;
            }
            swept.answer = Some(findings.answer(&results));
            swept.estimates = results.estimates(CONFIDENCE);
            swept.results = Some(results);
        }
        Ok(swept)
    }

    /// What results say, with what each point costs and the break-even values that an earlier search in the folder found.
    ///
    /// # Errors
    /// If a case cannot be read again.
    pub fn findings(&self, results: &SweepResults, folder: &Path) -> Result<Findings, SweepError> {
        let mut findings = Findings::of(results);
        findings.costs = cost::costs(&self.plan, results)?;
        findings.recall(&self.plan, folder, None);
        Ok(findings)
    }

    /// Looks for the break-even values with further replications, and keeps them in the folder. Gives whether it came to
    /// the end before `watch` stopped it. With other random numbers at every point there is no curve to search, and
    /// nothing is done.
    ///
    /// # Errors
    /// If a value makes a scenario invalid, a replication fails, or the file cannot be written.
    pub fn search(
        &self,
        findings: &mut Findings,
        folder: &Path,
        effort: SearchEffort,
        watch: &dyn Watch,
    ) -> Result<bool, SweepError> {
        if !self.plan.manifest.common_random_numbers {
            return Ok(true);
        }
        findings.search(&self.plan, folder, effort, watch)
    }

    /// The same results, what is known of arrivals taken out of their estimates and differences where it gains, if the sweep was
    /// [asked for it](Changes::controls). How many requests each point expects is worked out from the scenarios, one for
    /// each demand, on so many threads (all processors where `None`).
    ///
    /// # Errors
    /// If they are results of another sweep, or a scenario cannot be read again.
    pub fn controlled(
        &self,
        results: SweepResults,
        threads: Option<usize>,
    ) -> Result<SweepResults, SweepError> {
        if !self.plan.controls {
            return Ok(results);
        }
        if results.manifest != self.plan.manifest {
            let differs = self.plan.manifest.differences(&results.manifest);
            return Err(SweepError::Usage(format!("these are results of another sweep: {differs} differs")));
        }
        Ok(results.with(SweepControls::of(&self.plan, threads)?))
    }

    /// All results of a finished sweep, put together from its shards in memory.
    ///
    /// # Errors
    /// If something is missing, records of one replication disagree, a shard belongs to another sweep, or a file
    /// cannot be read; a scenario, where controls were asked for.
    pub fn results(&self, folder: &Path) -> Result<SweepResults, SweepError> {
        let mut results = self.nothing();
        merge(&self.plan, folder, &mut results)?;
        self.controlled(results, None)
    }

    /// What is finished of a sweep: scenarios whose replications are missing at a point have no values there.
    ///
    /// # Errors
    /// As [`Self::results`], but for what is missing.
    pub fn finished(&self, folder: &Path) -> Result<SweepResults, SweepError> {
        let mut results = self.nothing();
        merge_finished(&self.plan, folder, &mut results)?;
        self.controlled(results, None)
    }

    fn nothing(&self) -> SweepResults {
        let mut results = SweepResults::empty(self.plan.manifest.clone());
        results.points = self.plan.points.clone();
        results
    }
}

impl Sink for SweepResults {
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

impl SweepResults {
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
