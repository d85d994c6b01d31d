//! `poolwise forecast`

use super::exit::{Done, Failure};
use super::fit::draw;
use super::load;
use super::options::{ForecastArgs, Format};
use super::printer::Printer;
use super::simulate::Watcher;
use super::stop::Stop;
use poolwise_engine::DEFAULT_MEMORY;
use poolwise_report::write::Folder;
use poolwise_report::{forecast as words, json, plots};
use poolwise_scenario::Overrides;
use poolwise_study::Settings;
use poolwise_study::forecast::{DAYS, forecast};

/// Foresees the rest of the day from what is there now.
///
/// # Errors
/// If the scenario is invalid or does not begin from now, a run fails, or a file cannot be written.
pub(crate) fn run(args: &ForecastArgs) -> Result<Done, Failure> {
    let mut printer = Printer::new(args.output);
    let overrides = Overrides { sets: args.sets.clone(), seed: args.seed, ..Overrides::default() };
    let study = load::study(std::slice::from_ref(&args.scenario), &overrides, &printer)?;
    let scenario = &study.scenarios()[0];
    let mut model = scenario.model.clone();
    if model.run.now.is_none() {
        return Err(Failure::Invalid(format!(
            "error: {} does not say what is there now\n  help: give it the moment and the cases in hand, such as [start] at = \"11:20\", cases = \"in-hand.csv\"",
            args.scenario.display()
        )));
    }
    model.run.replications = args.days.unwrap_or(DAYS);
    let stop = Stop::listen();
    printer.start_progress(u64::from(model.run.replications));
    let settings = Settings { threads: args.threads.map(usize::from), ..Settings::default() };
    let outcome = forecast(&model, &settings, &Watcher::new(&printer, &stop, DEFAULT_MEMORY));
    printer.end_progress();
    let Some(found) = outcome.map_err(|why| Failure::Failed(format!("{}: {why}", model.name)))? else {
        return Err(Failure::Failed("the run does not begin from now".to_owned()));
    };
    let folder = Folder::create(&args.files.out.join(format!("forecast-{}", found.scenario)))?;
    folder.write("intervals.csv", words::csv(&found).as_bytes())?;
    let mut pictures = Vec::new();
    if !args.files.no_plots {
        let requests = poolwise_engine::model::capital(&model.words.request.many);
        let picture = plots::forecast::day(&found, words::name(&study), &requests);
        pictures.extend(draw(&folder, "day", picture)?);
    }
    folder.write("index.html", words::page(&found, &study, pictures).html().as_bytes())?;
    if printer.format() == Format::Csv {
        printer.results(&words::csv(&found))?;
    } else {
        printer.told(
            &words::told(&found, &study),
            || words::text(&found, &study, printer.look().width),
            || json::document(&words::json(&found, &study)),
        )?;
    }
    printer.note(&format!("Page to forward: {}", folder.path().join("index.html").display()));
    Ok(Done::Fully)
}
