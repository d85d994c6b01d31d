//! Runs a study with progress, stops gently, and keeps the time.

use super::exit::{Done, Failure};
use super::options::{PageArgs, StudyArgs};
use super::printer::Printer;
use super::stop::Stop;
use jiff::Timestamp;
use poolwise_report::folder::{Paging, ScenarioCase, elapsed};
use poolwise_report::manifest::{Host, ScenarioSource};
use poolwise_report::page::live;
use poolwise_report::{Setting, number};
use poolwise_scenario::Scenario;
use poolwise_study::uncertain::DrawPlan;
use poolwise_study::{Options, Results, Study, Watch};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A study that was run, in full or in part.
#[derive(Debug)]
pub(crate) struct RanStudy {
    /// What came of it.
    pub results: Results,
    /// Rules worth knowing, by scenario.
    pub settings: Vec<Setting>,
    /// Where and when, by scenario.
    hosts: Vec<Host>,
    /// How pages are made, by scenario.
    pages: Vec<Paging>,
}

impl RanStudy {
    /// Whether all was done.
    pub(crate) fn done(&self) -> Done {
        if self.results.complete { Done::Fully } else { Done::Partly }
    }

    /// What reports take, in the order of the study.
    pub(crate) fn cases<'a>(&'a self, study: &'a Study) -> impl Iterator<Item = ScenarioCase<'a>> {
        let about = self.settings.iter().zip(&self.hosts).zip(&self.pages);
        self.results.cases.iter().zip(about).map(|(case, ((setting, host), paging))| ScenarioCase {
            summary: &case.summary,
            setting,
            source: source(&study.scenarios()[case.place]),
            host,
            uncertain: case.uncertain.as_ref(),
            paging,
        })
    }

    /// How the page of all scenarios together is made: with the engine in it if `engine`.
    pub(crate) fn page_of_all(&self, study: &Study, engine: bool) -> Paging {
        live::page_of_all(study, &self.results, engine)
    }
}

fn source(scenario: &Scenario) -> ScenarioSource<'_> {
    ScenarioSource {
        description: &scenario.description,
        resolved: &scenario.resolved,
        hash: &scenario.hash,
        seed: scenario.model.run.seed,
    }
}

/// What the command line asks of a study.
pub(crate) fn options(args: &StudyArgs, trace: bool) -> Options {
    let (default, uncertain) = (DrawPlan::default(), &args.uncertain);
    let plan = DrawPlan {
        draws: uncertain.draws.unwrap_or(default.draws),
        per_draw: uncertain.per_draw.unwrap_or(default.per_draw),
    };
    Options {
        threads: args.simulation.threads.map(usize::from),
        trace,
        uncertain: uncertain.uncertain.then_some(plan),
        theory: !args.no_theory,
        controls: args.controls,
        ..Options::default()
    }
}

/// Runs a study. When the user stops it, the scenarios with a finished replication come back.
///
/// # Errors
/// If a run fails, or if it was stopped before anything was finished.
pub(crate) fn run(
    study: &Study,
    options: &Options,
    memory: u64,
    page: PageArgs,
    printer: &mut Printer,
) -> Result<RanStudy, Failure> {
    let engine = !page.without_engine;
    let stop = Stop::listen();
    printer.start_progress(study.most_replications(options));
    let watcher = Watcher::new(printer, &stop, memory);
    let outcome = study.run(options, &watcher);
    let times = watcher.times();
    printer.end_progress();
    let results = outcome?;
    for why in &results.cut_short {
        printer.note(&format!("{why}. What was finished before is reported."));
    }
    let mut hosts = Vec::new();
    for case in &results.cases {
        let scenario = &study.scenarios()[case.place];
        let name = &scenario.model.name;
        let Time { started, seconds } = times.get(name).cloned().unwrap_or_default();
        printer.detail(&format!(
            "simulated {name}: {} requests in {}",
            number::fixed(case.requests as f64, 0, false),
            elapsed(seconds)
        ));
        hosts.push(Host {
            started,
            finished: Timestamp::now().to_string(),
            simulation_seconds: seconds,
            requests: case.requests,
            threads: options.threads,
            command: std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect(),
            sources: scenario.sources.iter().map(|p| p.display().to_string()).collect(),
        });
    }
    let settings = results.cases.iter().map(|c| Setting::of(&study.scenarios()[c.place].model)).collect();
    let pages = (0..results.cases.len()).map(|i| live::page_of(study, &results, i, engine)).collect();
    Ok(RanStudy { results, settings, hosts, pages })
}

/// When work on a scenario began, and how long it took in all.
#[derive(Debug, Clone, Default)]
struct Time {
    started: String,
    seconds: f64,
}

/// Ties a study to the progress bar and to Ctrl-C, and keeps the time spent on each scenario.
pub(crate) struct Watcher<'a> {
    printer: &'a Printer,
    stop: &'a Stop,
    /// Memory that the requests in the system of a replication may take, bytes.
    memory: u64,
    clock: Mutex<RunClock>,
}

#[derive(Default)]
struct RunClock {
    times: BTreeMap<String, Time>,
    /// The scenario that is simulated, and since when.
    now: Option<(String, Instant)>,
}

impl RunClock {
    fn turn_to(&mut self, next: Option<&str>) {
        if let Some((name, since)) = self.now.take() {
            self.times.entry(name).or_default().seconds += since.elapsed().as_secs_f64();
        }
        if let Some(name) = next {
            let begin = || Time { started: Timestamp::now().to_string(), seconds: 0.0 };
            self.times.entry(name.to_owned()).or_insert_with(begin);
            self.now = Some((name.to_owned(), Instant::now()));
        }
    }
}

impl<'a> Watcher<'a> {
    /// Watches from now on.
    pub(crate) fn new(printer: &'a Printer, stop: &'a Stop, memory: u64) -> Self {
        Self { printer, stop, memory, clock: Mutex::default() }
    }

    /// Time by scenario so far.
    fn times(&self) -> BTreeMap<String, Time> {
        let mut clock = self.clock();
        clock.turn_to(None);
        std::mem::take(&mut clock.times)
    }

    fn clock(&self) -> MutexGuard<'_, RunClock> {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Watcher<'_> {
    fn replication_done(&self, _requests: u64) {
        self.printer.step();
    }

    fn stopped(&self) -> bool {
        self.stop.asked()
    }

    fn memory(&self) -> u64 {
        self.memory
    }

    fn turn_to(&self, scenario: &str) {
        self.printer.progress_on(scenario);
        self.clock().turn_to(Some(scenario));
    }
}
