//! `poolwise forecast`

use super::exit::{Done, Failure};
use super::fit::draw;
use super::load;
use super::options::{ForecastArgs, Format};
use super::printer::Printer;
use super::simulate::Watcher;
use super::stop::Stop;
use poolwise_report::page::live;
use poolwise_report::write::Folder;
use poolwise_report::{forecast as words, json, number, plots};
use poolwise_scenario::{Overrides, about_file};
use poolwise_study::forecast::{DAYS, MOST, forecast, intervals};
use poolwise_study::{Settings, Study, Variation};

/// Foresees the rest of the day from what is there now.
///
/// # Errors
/// If the scenario is invalid or does not begin from now, a run fails, or a file cannot be written.
pub(crate) fn run(args: &ForecastArgs) -> Result<Done, Failure> {
    let mut printer = Printer::new(args.output);
    let overrides = Overrides { sets: args.sets.clone(), seed: args.seed, ..Overrides::default() };
    let variations = args.variations.iter().map(|v| Variation::read(v)).collect::<Result<Vec<_>, _>>()?;
    let study = Study::load(std::slice::from_ref(&args.scenario), &overrides)?.varied(None, &variations)?;
    load::tell(&study, &printer);
    load::note_idle(&overrides, "forecast", &printer);
    load::note_idle_variations(&variations, "--vary", "forecast", &printer);
    let stop = Stop::listen();
    let settings = Settings { threads: args.threads.map(usize::from), ..Settings::default() };
    let days = args.days.unwrap_or(DAYS);
    printer.start_progress(u64::from(days) * study.scenarios().len() as u64);
    let mut all = Vec::new();
    for scenario in study.scenarios() {
        let mut model = scenario.model.clone();
        model.run.replications = days;
        if let Some(n) = intervals(&model, args.every).filter(|n| *n > MOST) {
            return Err(Failure::Invalid(format!(
                "error: --every cuts the rest of the day in {n} intervals, and {MOST} is the most\n  help: take longer ones, such as --every \"15 min\""
            )));
        }
        let outcome =
            forecast(&model, args.every, &settings, &Watcher::new(&printer, &stop, args.limits.max_memory));
        let Some(found) = outcome.map_err(|why| Failure::Failed(format!("{}: {why}", model.name)))? else {
            let help = "give it the moment and the cases in hand: [start] with at = \"11:20\" and cases = \"in-hand.csv\"";
            return Err(
                about_file(&args.scenario, "the scenario does not say what is there now", help).into()
            );
        };
        all.push(found);
    }
    printer.end_progress();
    let found = &all[0];
    let folder = Folder::create(&args.files.out.join(format!("forecast-{}", found.scenario)))?;
    folder.write("intervals.csv", words::csv(found).as_bytes())?;
    let mut pictures = Vec::new();
    if !args.files.no_plots {
        let requests = poolwise_engine::model::capital(&study.scenarios()[0].model.words.request.many);
        let picture = plots::forecast::day(found, words::name(&study), &requests);
        pictures.extend(draw(&folder, "day", picture)?);
    }
    let page = words::page(&all, &study, pictures, command(args, &overrides), !args.page.without_engine);
    folder.write("index.html", page.html().as_bytes())?;
    if printer.format() == Format::Csv {
        printer.results(&words::csv(found))?;
    } else {
        printer.told(
            &words::told(&all, &study),
            || words::text(&all, &study, printer.look().width),
            || json::document(&words::json(&all, &study)),
        )?;
    }
    printer.note(&format!("Page to forward: {}", folder.path().join("index.html").display()));
    Ok(Done::Fully)
}

/// The command that makes the same again.
fn command(args: &ForecastArgs, changes: &Overrides) -> String {
    let mut words = vec!["poolwise forecast".to_owned(), live::quote(&live::on_any_machine(&args.scenario))];
    words.extend(live::typed(changes));
    words.extend(args.variations.iter().map(|v| format!("--vary {}", live::quote(v))));
    let hour = (args.every - 3600.0).abs() < 1e-9;
    words.extend((!hour).then(|| format!("--every {}", live::quote(&number::duration(args.every / 3600.0)))));
    words.extend(args.days.map(|n| format!("--days {n}")));
    words.join(" ")
}
