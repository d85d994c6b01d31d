//! Simulates scenarios one after another, with progress, and stops gently.

use super::exit::{Done, Failure};
use super::options::SimulationArgs;
use super::printer::Printer;
use super::stop::Stop;
use jiff::Timestamp;
use poolwise_engine::model::Model;
use poolwise_report::folder::{Case, elapsed};
use poolwise_report::manifest::{Host, Source};
use poolwise_report::{Setting, number};
use poolwise_scenario::Scenario;
use poolwise_study::sequential::Reached;
use poolwise_study::summary::Summary;
use poolwise_study::uncertain::Uncertain;
use poolwise_study::{self, Replicated, Settings, Watch};
use std::cell::RefCell;
use std::time::Instant;

/// A scenario that was simulated, in full or in part.
#[derive(Debug)]
pub struct Simulated<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// Estimates.
    pub summary: Summary,
    /// Rules worth knowing.
    pub setting: Setting,
    /// Where and when.
    pub host: Host,
    /// The same with its uncertain inputs drawn, if that was asked for.
    pub uncertain: Option<Uncertain>,
}

impl Simulated<'_> {
    /// What reports take.
    pub fn case(&self) -> Case<'_> {
        let source = Source {
            description: &self.scenario.description,
            resolved: &self.scenario.resolved,
            hash: &self.scenario.hash,
            seed: self.scenario.model.run.seed,
        };
        let uncertain = self.uncertain.as_ref();
        Case { summary: &self.summary, setting: &self.setting, source, host: &self.host, uncertain }
    }
}

/// All scenarios that were simulated.
#[derive(Debug, Default)]
pub struct Runs<'a> {
    /// What reports take, in the order of the command line.
    pub cases: Vec<Simulated<'a>>,
    /// Their replications, in the same order.
    pub replicated: Vec<Replicated>,
}

/// Simulates all scenarios, one after another; or `together`, so that those to be compared have the same
/// number of replications where that number is found on the way. When the user stops it, those with a finished
/// replication come back.
///
/// # Errors
/// If a run fails, or if it was stopped before anything was finished.
pub fn all<'a>(
    scenarios: &'a [Scenario],
    args: &SimulationArgs,
    together: bool,
    trace: bool,
    printer: &mut Printer,
) -> Result<(Runs<'a>, Done), Failure> {
    let settings = Settings { threads: args.threads.map(usize::from), trace, ..Settings::default() };
    let stop = Stop::listen();
    let most = |s: &Scenario| {
        let run = &s.model.run;
        run.precision.as_ref().map_or(run.replications, |p| p.max_replications.max(run.replications))
    };
    printer.start_progress(scenarios.iter().map(|s| u64::from(most(s))).sum());
    let outcome = each(scenarios, &settings, together, &stop, printer);
    printer.end_progress();
    let (runs, whole) = outcome?;
    if runs.cases.is_empty() {
        return Err(Failure::Failed(
            "stopped before a replication was finished: there are no results".to_owned(),
        ));
    }
    let whole = whole
        && runs.cases.len() == scenarios.len()
        && runs.cases.iter().all(|s| s.summary.replications == s.summary.replications_planned);
    Ok((runs, if whole { Done::Fully } else { Done::Partly }))
}

/// The runs, and whether all came to their end.
fn each<'a>(
    scenarios: &'a [Scenario],
    settings: &Settings,
    together: bool,
    stop: &Stop,
    printer: &Printer,
) -> Result<(Runs<'a>, bool), Failure> {
    let mut runs = Runs::default();
    let size = match scenarios.first() {
        Some(first) if together && first.model.run.precision.is_some() => scenarios.len(),
        _ => 1,
    };
    let mut whole = true;
    for group in scenarios.chunks(size) {
        if stop.asked() {
            break;
        }
        for (scenario, one) in group.iter().zip(replicate(group, settings, stop, printer)?) {
            let Finished { replicated, reached, started, seconds, ended } = one;
            if replicated.replications() == 0 {
                continue;
            }
            whole &= ended;
            printer.detail(&format!(
                "simulated {}: {} requests in {}",
                scenario.model.name,
                number::fixed(replicated.requests as f64, 0, false),
                elapsed(seconds)
            ));
            let host = Host {
                started: started.to_string(),
                finished: Timestamp::now().to_string(),
                simulation_seconds: seconds,
                requests: replicated.requests,
                threads: settings.threads,
                command: std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect(),
                sources: scenario.sources.iter().map(|p| p.display().to_string()).collect(),
            };
            let mut summary = poolwise_study::summarise(&scenario.model, &replicated);
            summary.precision = reached;
            summary.oracle = poolwise_study::oracle(&scenario.model).against(&replicated);
            summary.warnings.extend(summary.oracle.warnings());
            summary.warnings.extend(scenario.warnings.iter().map(|d| d.message.clone()));
            let setting = Setting::of(&scenario.model);
            runs.cases.push(Simulated { scenario, summary, setting, host, uncertain: None });
            runs.replicated.push(replicated);
        }
    }
    Ok((runs, whole))
}

/// One scenario's replications.
struct Finished {
    replicated: Replicated,
    reached: Option<Reached>,
    started: Timestamp,
    seconds: f64,
    /// It was not stopped on the way.
    ended: bool,
}

/// Replicates a group of scenarios: one by itself, or several together until all are precise enough.
fn replicate(
    group: &[Scenario],
    settings: &Settings,
    stop: &Stop,
    printer: &Printer,
) -> Result<Vec<Finished>, Failure> {
    let watcher = Watcher { printer, stop };
    let (started, clock) = (Timestamp::now(), Instant::now());
    let failed =
        |m: usize, e: poolwise_engine::Failure| Failure::Failed(format!("{}: {e}", group[m].model.name));
    let Some(precision) = group.first().and_then(|s| s.model.run.precision.as_ref()) else {
        let mut all = Vec::new();
        for (m, scenario) in group.iter().enumerate() {
            printer.progress_on(&scenario.model.name);
            let replicated =
                poolwise_study::replicate(&scenario.model, settings, &watcher).map_err(|e| failed(m, e))?;
            let seconds = clock.elapsed().as_secs_f64();
            all.push(Finished { replicated, reached: None, started, seconds, ended: true });
        }
        return Ok(all);
    };
    let models: Vec<&Model> = group.iter().map(|s| &s.model).collect();
    // Seconds of each, from the instants at which their rounds begin.
    let spent = RefCell::new((vec![0.0; group.len()], 0, Instant::now()));
    let begins = |m: usize| {
        printer.progress_on(&group[m].model.name);
        let mut spent = spent.borrow_mut();
        let (before, since) = (spent.1, spent.2.elapsed().as_secs_f64());
        spent.0[before] += since;
        (spent.1, spent.2) = (m, Instant::now());
    };
    let (all, reached) = poolwise_study::until_precise(&models, precision, settings, &watcher, &begins)
        .map_err(|(m, e)| failed(m, e))?;
    begins(0);
    let ended = reached.is_some();
    let seconds = spent.into_inner().0;
    Ok(all
        .into_iter()
        .zip(seconds)
        .map(|(replicated, seconds)| Finished {
            replicated,
            reached: reached.clone(),
            started,
            seconds,
            ended,
        })
        .collect())
}

/// Ties an experiment to the progress bar and to Ctrl-C.
pub struct Watcher<'a> {
    pub printer: &'a Printer,
    pub stop: &'a Stop,
}

impl Watch for Watcher<'_> {
    fn replication_done(&self, _requests: u64) {
        self.printer.step();
    }

    fn stopped(&self) -> bool {
        self.stop.asked()
    }
}
