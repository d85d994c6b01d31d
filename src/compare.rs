//! `poolwise compare`

use super::exit::{Done, Failure};
use super::options::CompareArgs;
use super::printer::Printer;
use super::{simulate, uncertain};
use crate::load;
use poolwise_engine::model::Model;
use poolwise_report::folder::{self, COMPARISON, Case};
use poolwise_report::write::Folder;
use poolwise_report::{self, Setting, json, table};
use poolwise_scenario::Scenario;
use poolwise_study::summary::Summary;
use poolwise_study::uncertain::{Uncertain, differences};

/// Sends the same requests through every scenario, and writes and prints the differences from the
/// baseline.
///
/// # Errors
/// If a scenario is invalid, the baseline is unclear, a run fails or a file cannot be written.
pub fn compare(args: &CompareArgs) -> Result<Done, Failure> {
    let mut printer = Printer::new(args.output);
    if args.scenarios.len() < 2 {
        return Err(Failure::Invalid(
            "error: a comparison takes two scenarios or more; for one alone there is `poolwise run`"
                .to_owned(),
        ));
    }
    let mut paths = args.scenarios.clone();
    let mut scenarios = load::all(&args.scenarios, &args.overrides.overrides(), &printer)?;
    load::note_idle(&scenarios, &args.overrides.overrides(), "compare", &printer);
    // The baseline comes first, in tables as in time: stopped early, it is there to compare with.
    let baseline = baseline(&scenarios, args.baseline.as_deref())?;
    scenarios[..=baseline].rotate_right(1);
    paths[..=baseline].rotate_right(1);
    comparable(&scenarios)?;
    uncertain::possible(&args.uncertain, &scenarios)?;
    let out = &args.simulation.out;
    let folders = scenarios
        .iter()
        .map(|s| Folder::create(&out.join(&s.model.name)))
        .collect::<Result<Vec<Folder>, _>>()?;
    let shared = Folder::create(&out.join(COMPARISON))?;
    let (mut runs, mut done) = simulate::all(&scenarios, &args.simulation, true, false, &mut printer)?;
    let mut draws = Vec::new();
    if args.uncertain.uncertain && done == Done::Fully {
        let given = uncertain::Given { paths: &paths, overrides: &args.overrides.overrides() };
        (draws, done) = uncertain::draw(&args.uncertain, given, &args.simulation, &mut runs, &mut printer)?;
    }
    let pictures = !args.simulation.no_plots;
    for (one, folder) in runs.cases.iter().zip(&folders) {
        folder::scenario(folder, &one.case(), pictures)?;
        printer.detail(&format!("wrote {}", folder.path().display()));
    }
    let models: Vec<&Model> = runs.cases.iter().map(|s| &s.scenario.model).collect();
    let summaries: Vec<&Summary> = runs.cases.iter().map(|s| &s.summary).collect();
    let settings: Vec<Setting> = runs.cases.iter().map(|s| s.setting.clone()).collect();
    let comparison = (models.len() > 1).then(|| poolwise_study::compare(&models, &runs.replicated, 0));
    let over_draws = match &comparison {
        Some(base) if draws.len() == models.len() => {
            let names: Vec<&str> = models.iter().map(|m| m.name.as_str()).collect();
            differences(&names, &draws, 0, base)
        }
        _ => Vec::new(),
    };
    if let Some(comparison) = &comparison {
        let cases: Vec<Case<'_>> = runs.cases.iter().map(simulate::Simulated::case).collect();
        folder::comparison(&shared, &cases, comparison, &over_draws, pictures)?;
        printer.detail(&format!("wrote {}", shared.path().display()));
    }
    let drawn: Vec<&Uncertain> = runs.cases.iter().filter_map(|s| s.uncertain.as_ref()).collect();
    let text = match &comparison {
        _ if printer.json() => json::compare(&summaries, comparison.as_ref(), &drawn, &over_draws)?,
        Some(comparison) => {
            let base = &comparison.baseline;
            let mut blocks = poolwise_report::uncertain::scenarios(&drawn, &summaries);
            blocks.extend(poolwise_report::uncertain::differences(&over_draws, &drawn, &summaries, base));
            table::comparison(&summaries, comparison, &settings)
                + &table::further(&blocks, &poolwise_report::uncertain::notes(&drawn))
        }
        None => table::scenarios(&summaries, &settings),
    };
    printer.results(&text)?;
    match &comparison {
        Some(_) => {
            printer.note(&format!("Page to forward: {}", shared.path().join("index.html").display()));
        }
        None => printer.note("Stopped too early to compare: only the baseline is there."),
    }
    Ok(done)
}

/// Position of the baseline: the one named, else the one that says so, else the first.
pub(super) fn baseline(scenarios: &[Scenario], named: Option<&str>) -> Result<usize, Failure> {
    let names: Vec<&str> = scenarios.iter().map(|s| s.model.name.as_str()).collect();
    if let Some(named) = named {
        return names.iter().position(|n| *n == named).ok_or_else(|| {
            Failure::Invalid(format!(
                "error: no scenario is called `{named}`; there are {}",
                names.join(", ")
            ))
        });
    }
    let saying: Vec<usize> = (0..scenarios.len()).filter(|&i| scenarios[i].model.baseline).collect();
    match saying.as_slice() {
        [] => Ok(0),
        [one] => Ok(*one),
        several => {
            let names: Vec<&str> = several.iter().map(|&i| names[i]).collect();
            Err(Failure::Invalid(format!(
                "error: {} all say `baseline = true`; choose one with --baseline NAME",
                names.join(", ")
            )))
        }
    }
}

/// Refuses scenarios that cannot be paired: the same luck and the same calendar make the comparison.
pub(super) fn comparable(scenarios: &[Scenario]) -> Result<(), Failure> {
    let Some(base) = scenarios.first() else { return Ok(()) };
    for other in scenarios {
        let (a, b) = (&base.model.run, &other.model.run);
        let differing = [
            ("run.seed", a.seed != b.seed),
            ("run.horizon", a.horizon != b.horizon),
            ("run.start or run.warm_up", (a.origin_unix, a.warm_up) != (b.origin_unix, b.warm_up)),
            ("run.target", a.target != b.target),
            ("run.precision", a.precision != b.precision),
        ];
        if let Some((key, _)) = differing.iter().find(|(_, differs)| *differs) {
            return Err(Failure::Invalid(format!(
                "error: {} and {} differ in {key}, so their requests cannot be paired; set it for both, for \
                 example with --set",
                base.model.name, other.model.name
            )));
        }
        if other.model.name == COMPARISON {
            return Err(Failure::Invalid(format!(
                "error: a scenario may not be called `{COMPARISON}`: the comparison's folder has that name"
            )));
        }
    }
    Ok(())
}
