//! Simulates scenarios one after another, with progress, and stops gently.

use super::args::SimulationArgs;
use super::exit::{Done, Failure};
use super::printer::Printer;
use super::stop::Stop;
use crate::experiment::summary::Summary;
use crate::experiment::uncertain::Uncertain;
use crate::experiment::{self, Replicated, Settings, Watch};
use crate::report::folder::{Case, elapsed};
use crate::report::manifest::{Host, Source};
use crate::report::{Setting, number};
use crate::scenario::Scenario;
use jiff::Timestamp;
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

/// Simulates all scenarios. When the user stops it, those with a finished replication come back.
///
/// # Errors
/// If a run fails, or if it was stopped before anything was finished.
pub fn all<'a>(
    scenarios: &'a [Scenario],
    args: &SimulationArgs,
    trace: bool,
    printer: &mut Printer,
) -> Result<(Runs<'a>, Done), Failure> {
    let settings = Settings { threads: args.threads.map(usize::from), trace, ..Settings::default() };
    let stop = Stop::listen();
    printer.start_progress(scenarios.iter().map(|s| u64::from(s.model.run.replications)).sum());
    let outcome = each(scenarios, &settings, &stop, printer);
    printer.end_progress();
    let runs = outcome?;
    if runs.cases.is_empty() {
        return Err(Failure::Failed(
            "stopped before a replication was finished: there are no results".to_owned(),
        ));
    }
    let whole = runs.cases.len() == scenarios.len()
        && runs.cases.iter().all(|s| s.summary.replications == s.summary.replications_planned);
    Ok((runs, if whole { Done::Fully } else { Done::Partly }))
}

fn each<'a>(
    scenarios: &'a [Scenario],
    settings: &Settings,
    stop: &Stop,
    printer: &Printer,
) -> Result<Runs<'a>, Failure> {
    let mut runs = Runs::default();
    for scenario in scenarios {
        if stop.asked() {
            break;
        }
        printer.progress_on(&scenario.model.name);
        let (started, clock) = (Timestamp::now(), Instant::now());
        let watcher = Watcher { printer, stop };
        let replicated = experiment::replicate(&scenario.model, settings, &watcher)
            .map_err(|e| Failure::Failed(format!("{}: {e}", scenario.model.name)))?;
        if replicated.replications() == 0 {
            break;
        }
        let seconds = clock.elapsed().as_secs_f64();
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
        let mut summary = experiment::summarise(&scenario.model, &replicated);
        summary.oracle = experiment::oracle(&scenario.model).against(&replicated);
        summary.warnings.extend(summary.oracle.warnings());
        summary.warnings.extend(scenario.warnings.iter().map(|d| d.message.clone()));
        let setting = Setting::of(&scenario.model);
        runs.cases.push(Simulated { scenario, summary, setting, host, uncertain: None });
        runs.replicated.push(replicated);
    }
    Ok(runs)
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
