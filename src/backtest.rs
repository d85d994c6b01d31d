//! `poolwise backtest`

use super::exit::{Done, Failure};
use super::fit::draw;
use super::intake_args::{BacktestArgs, Counter};
use super::load;
use super::options::Format;
use super::printer::Printer;
use super::simulate::Watcher;
use super::stop::Stop;
use poolwise_intake::replay::{BacktestRequest, Replay};
use poolwise_report::forecast::name;
use poolwise_report::page::live;
use poolwise_report::write::Folder;
use poolwise_report::{backtest as words, json, number, plots};
use poolwise_scenario::{Overrides, Snapshot};
use poolwise_study::{Loaded, Study};

/// Replays a history through a scenario and says how well it was predicted.
///
/// # Errors
/// If the scenario is invalid, the history cannot be understood, or they do not go together.
pub(crate) fn backtest(args: &BacktestArgs) -> Result<Done, Failure> {
    let mut printer = Printer::of_answer(args.output);
    let overrides = Overrides { sets: args.sets.clone(), ..Overrides::default() };
    let loaded = Loaded::read(&Snapshot::default(), &args.scenario, &overrides)?;
    load::note_idle(&overrides, "backtest", &printer);
    let asked = BacktestRequest {
        history: &args.history,
        sheet: args.said.sheet.as_deref(),
        said: args.said.said(),
        within: args.within,
        changes: !args.no_changes,
    };
    let replay = Replay::of(&loaded, &asked, &Counter::new(&printer))?;
    let stop = Stop::listen();
    printer.start_progress(replay.replications());
    let threads = args.threads.map(std::num::NonZeroUsize::get);
    let outcome = replay.run(threads, &Watcher::new(&printer, &stop, args.limits.max_memory));
    printer.end_progress();
    let found = outcome?;
    let folder = Folder::create(&args.files.out.join(format!("backtest-{}", found.scenario)))?;
    folder.write("intervals.csv", words::csv(&found).as_bytes())?;
    let study = Study::of([loaded])?;
    let mut pictures = Vec::new();
    if !args.files.no_plots {
        let picture = plots::backtest::by_hour(&found.verdict, name(&study));
        pictures.extend(draw(&folder, "by-hour", picture)?);
    }
    let mut asked = vec![live::quote(&live::on_any_machine(&args.history))];
    asked.extend(args.said.typed());
    asked.extend(args.within.map(|s| format!("--within {}", live::quote(&number::duration(s / 3600.0)))));
    let page = words::page(&found, &study, pictures, Some(&asked), !args.page.without_engine);
    folder.write("index.html", page.html().as_bytes())?;
    if printer.format() == Format::Csv {
        printer.results(&words::csv(&found))?;
    } else {
        printer.told(
            &words::told(&found),
            || words::text(&found, printer.look()),
            || json::document(&words::json(&found)),
        )?;
    }
    printer.note(&format!("Page to forward: {}", folder.path().join("index.html").display()));
    Ok(if found.complete { Done::Fully } else { Done::Partly })
}
