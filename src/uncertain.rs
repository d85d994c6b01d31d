//! `--uncertain`: the outer loop over draws of uncertain inputs, for `run` and `compare`.

use super::exit::{Done, Failure};
use super::options::{SimulationArgs, UncertainArgs};
use super::printer::Printer;
use super::simulate::{Runs, Watcher};
use super::stop::Stop;
use poolwise_scenario::{self, Overrides, Scenario};
use poolwise_study::Settings;
use poolwise_study::uncertain::{self, Drawn, Plan};
use std::path::PathBuf;

/// The scenarios as the command line gives them, in the order of the runs.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// Files.
    pub paths: &'a [PathBuf],
    /// Changes.
    pub overrides: &'a Overrides,
}

/// Refuses `--uncertain` where nothing is uncertain.
///
/// # Errors
/// [`Failure::Invalid`].
pub fn possible(args: &UncertainArgs, scenarios: &[Scenario]) -> Result<(), Failure> {
    if args.uncertain && scenarios.iter().all(|s| s.uncertain.is_empty()) {
        let names: Vec<&str> = scenarios.iter().map(|s| s.model.name.as_str()).collect();
        return Err(Failure::Invalid(format!(
            "error: there are no uncertain inputs in {}; write a number as {{ low = .., base = .., high = .. }}",
            names.join(", ")
        )));
    }
    Ok(())
}

/// Draws the inputs of all scenarios, and puts what comes of it beside the runs at base values. Stopped by
/// the user, it keeps the draws that were finished.
///
/// # Errors
/// If a draw makes a scenario invalid, or a run fails.
pub fn draw(
    args: &UncertainArgs,
    given: Given<'_>,
    simulation: &SimulationArgs,
    runs: &mut Runs<'_>,
    printer: &mut Printer,
) -> Result<(Vec<Drawn>, Done), Failure> {
    let default = Plan::default();
    let plan = Plan {
        draws: args.draws.unwrap_or(default.draws),
        per_draw: args.per_draw.unwrap_or(default.per_draw),
    };
    let settings = Settings { threads: simulation.threads.map(usize::from), ..Settings::default() };
    let stop = Stop::listen();
    printer.start_progress(u64::from(plan.draws) * u64::from(plan.per_draw) * runs.cases.len() as u64);
    let mut all = Vec::new();
    let mut outcome = Ok(());
    for (i, path) in given.paths.iter().enumerate() {
        if stop.asked() {
            break;
        }
        let scenario = runs.cases[i].scenario;
        printer.progress_on(&scenario.model.name);
        let seed = scenario.model.run.seed;
        let load = |sets: &[String]| {
            let mut overrides = given.overrides.clone();
            overrides.sets.extend_from_slice(sets);
            poolwise_scenario::load(path, &overrides).map(|s| s.model).map_err(|e| e.render(true))
        };
        let watcher = Watcher { printer, stop: &stop };
        match uncertain::draw_all(&scenario.uncertain, seed, plan, &settings, &watcher, &load) {
            Ok(drawn) => all.push(drawn),
            Err(failure) => {
                let name = &scenario.model.name;
                outcome = Err(if failure.invalid {
                    Failure::Invalid(format!("{}\n(inputs of {name} as drawn)", failure.why))
                } else {
                    Failure::Failed(format!("{name}: {}", failure.why))
                });
                break;
            }
        }
    }
    printer.end_progress();
    outcome?;
    for (case, drawn) in runs.cases.iter_mut().zip(&all) {
        let seed = case.scenario.model.run.seed;
        case.uncertain =
            Some(uncertain::summarise(&case.scenario.uncertain, seed, plan, &case.summary, drawn));
    }
    let whole = all.len() == runs.cases.len() && all.iter().all(|d| d.values.len() as u32 == d.planned);
    Ok((all, if whole { Done::Fully } else { Done::Partly }))
}
