//! `poolwise import`

use super::exit::{Done, Failure};
use super::intake_args::{Counter, ImportArgs};
use super::printer::Printer;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use poolwise_intake::arrivals::{self, Stream};
use poolwise_intake::counts::{Series, counts};
use poolwise_intake::durations::{Durations, durations, waits};
use poolwise_intake::events::{Also, events};
use poolwise_intake::facts::{self, Table};
use poolwise_intake::fit::{self, Fit, Observed, Patience, Shift, censored};
use poolwise_intake::problem::{Place, Problem};
use poolwise_intake::read::Book;
use poolwise_intake::recognise::{Shape, shape};
use poolwise_intake::roster::{Roster, roster};
use poolwise_intake::scenario::{self, Handling, Material, Written};
use poolwise_intake::ways::Said;
use poolwise_report::write::Folder;
use poolwise_report::{intake as words, json};
use poolwise_scenario::{Overrides, Snapshot, load_through};
use serde_json::json;
use std::path::Path;

/// What the files hold, each with the file's name.
#[derive(Default)]
struct Found {
    series: Option<(Series, String)>,
    durations: Option<(Durations, String)>,
    waits: Option<(Vec<Observed>, String)>,
    roster: Option<(Roster, String)>,
    /// What was read and how, for people.
    said: Vec<String>,
}

/// Reads a planner's files and writes scenarios that run.
///
/// # Errors
/// If anything in the files cannot be understood: then nothing is written.
pub fn import(args: &ImportArgs) -> Result<Done, Failure> {
    let printer = Printer::new(args.output);
    let zone = args.time_zone.as_deref().map(zone).transpose()?;
    let said = args.said.said();
    let mut found = Found::default();
    for path in &args.files {
        read(path, args, (&said, zone.as_ref()), &printer, &mut found)?;
    }
    let Some((series, counts_file)) = &found.series else {
        let place = Place::sheet(&args.files[0].display().to_string(), None);
        return Err(Problem::new(place, "none of the files says how many requests come, and when")
            .help("name a file of counts by interval, or of events")
            .into());
    };
    let streams: Vec<Option<Stream>> =
        (0..series.places.len()).map(|p| arrivals::stream(series, Some(p))).collect();
    let fit = match &found.durations {
        Some((d, file)) => Some((fitted(d, file)?, d, file)),
        None => None,
    };
    let patience = found.waits.as_ref().and_then(|(w, file)| Some((patience(w)?, file)));
    let handling = match (&fit, args.handling) {
        (_, Some(seconds)) => Handling::Said(seconds),
        (Some((fit, d, file)), None) => Handling::Recorded(fit, &d.seconds, file, d.unit),
        (None, None) => {
            return Err(Problem::new(
                Place::sheet(counts_file, None),
                "none of the files says how long a request takes",
            )
            .help("name a file of durations, or write `--handling \"12 min\"`")
            .into());
        }
    };
    let material = Material {
        series,
        counts_file,
        streams: &streams,
        handling,
        roster: found.roster.as_ref().map(|(r, f)| (r, f.as_str())),
        patience: patience.as_ref().map(|(p, f)| (p, f.as_str())),
        zone: args.time_zone.as_deref(),
        target: args.target,
    };
    let written = scenario::write(&material)?;
    check(&written)?;
    let paths = put(&args.into, &written)?;
    tell(&printer, &found, &streams, &written, &paths)?;
    Ok(Done::Fully)
}

/// The zone of that name, from the program's own tables.
fn zone(name: &str) -> Result<TimeZone, Failure> {
    TimeZoneDatabase::bundled().get(name).map_err(|_| {
        Failure::Invalid(format!("error: there is no time zone `{name}`\n  help: names are such as Europe/Amsterdam or America/New_York"))
    })
}

fn short(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

/// Reads all sheets of one file.
fn read(
    path: &Path,
    args: &ImportArgs,
    (said, zone): (&Said, Option<&TimeZone>),
    printer: &Printer,
    found: &mut Found,
) -> Result<(), Failure> {
    let book = Book::open(path)?;
    let watch = Counter::new(printer);
    let all = book.sheets()?;
    let sheets = match &args.said.sheet {
        Some(named) if all.iter().any(|s| s.as_deref() == Some(named)) => vec![Some(named.clone())],
        _ => all,
    };
    let mut tables = 0;
    for sheet in sheets {
        let Some(table) = facts::table(&book, sheet.as_deref(), &watch)? else { continue };
        let label = sheet.as_ref().map_or_else(|| short(path), |s| format!("{}, sheet `{s}`", short(path)));
        if table.columns.iter().all(|c| c.numbers + c.dates + c.clocks + c.spans + c.two_parts == 0) {
            found.said.push(format!("{label}: text alone, left out"));
            continue;
        }
        tables += 1;
        take(&book, &table, &label, (said, zone), &watch, found)?;
    }
    if tables == 0 {
        return Err(Problem::new(Place::sheet(&book.name, None), "there is no table in this file").into());
    }
    Ok(())
}

/// Two files of one kind are one too many.
fn once<T>(
    slot: &mut Option<(T, String)>,
    value: T,
    label: &str,
    what: &str,
    table: &Table,
) -> Result<(), Problem> {
    if let Some((_, first)) = slot {
        return Err(table
            .problem(format!("these are {what}, and so is {first}"))
            .help("give one file of each kind; put tables of the same kind together, or say which sheet with `--sheet`"));
    }
    *slot = Some((value, label.to_owned()));
    Ok(())
}

/// Reads one table for what it is.
fn take(
    book: &Book,
    table: &Table,
    label: &str,
    (said, zone): (&Said, Option<&TimeZone>),
    watch: &Counter<'_>,
    found: &mut Found,
) -> Result<(), Problem> {
    let shape = shape(table)?;
    let mut notes: Vec<String> = Vec::new();
    let line = match &shape {
        Shape::Counts { .. } => {
            let mut series = counts(book, table, &shape, (said, zone), watch)?;
            notes.append(&mut series.notes);
            let line = words::series(&series);
            once(&mut found.series, series, label, "counts", table)?;
            line
        }
        Shape::Events { .. } => {
            let (mut series, also) = events(book, table, &shape, (said, zone), watch)?;
            notes.append(&mut series.notes);
            let line = format!("events; {}", words::series(&series));
            once(&mut found.series, series, label, "arrivals", table)?;
            beside(also, label, &mut notes, found);
            line
        }
        Shape::Durations { duration, groups } => {
            let d = durations(book, table, (*duration, groups), said, watch)?;
            let line = format!("{} durations in {}", d.seen, poolwise_intake::values::unit_name(d.unit));
            // A workbook may hold the same times as a file beside it.
            match &found.durations {
                Some((first, other)) if first.seconds == d.seconds => {
                    notes.push(format!("the same as in {other}"))
                }
                _ => once(&mut found.durations, d, label, "durations", table)?,
            }
            line
        }
        Shape::Waits { wait, abandoned } => {
            let w = waits(book, table, (*wait, *abandoned), said, watch)?;
            let line = format!("{} waits and how they ended", w.seen);
            once(&mut found.waits, w.observed, label, "waits", table)?;
            line
        }
        Shape::ShiftCounts { .. } | Shape::Persons { .. } => {
            let mut r = roster(book, table, &shape, said, watch)?;
            notes.append(&mut r.notes);
            let lines: usize = r.places.iter().map(|p| p.1.len()).sum();
            let line = format!(
                "a roster of {lines} shifts at {} place{}",
                r.places.len(),
                if r.places.len() == 1 { "" } else { "s" }
            );
            once(&mut found.roster, r, label, "a roster", table)?;
            line
        }
        Shape::History(_) => {
            return Err(table
                .problem("this is a history of what was delivered: offered, staff, answered")
                .help("take its columns of time and offered requests into a file of counts"));
        }
    };
    found.said.push(format!("{label}: {line} ({})", table.form));
    found.said.extend(notes.into_iter().map(|n| format!("  {n}")));
    Ok(())
}

/// What call records say beside arrivals: handling times and waits, unless files of their own do.
fn beside(also: Also, label: &str, notes: &mut Vec<String>, found: &mut Found) {
    if also.handling.seen > 1 && found.durations.is_none() {
        notes.push(format!("{} handling times", also.handling.seen));
        let d = Durations {
            column: "handling".to_owned(),
            seen: also.handling.seen,
            seconds: also.handling.kept,
            unit: 60.0,
            ..Durations::default()
        };
        found.durations = Some((d, label.to_owned()));
    }
    let lost = also.waits.kept.iter().filter(|w| w.ended).count();
    if lost > 0 && found.waits.is_none() {
        notes.push(format!("{} waits, {lost} of them given up", also.waits.seen));
        found.waits = Some((also.waits.kept, label.to_owned()));
    }
}

fn fitted(d: &Durations, file: &str) -> Result<Fit, Problem> {
    fit::fit(&d.seconds, Shift::None).ok_or_else(|| {
        Problem::new(Place::sheet(file, None).column(&d.column), "there are fewer than two different times")
            .help("write `--handling \"12 min\"` instead")
    })
}

/// The law of patience: the best by likelihood of those that chance could have made the record from.
fn patience(all: &[Observed]) -> Option<Patience> {
    if all.iter().filter(|o| o.ended).count() < 20 {
        return None;
    }
    let few: Vec<Observed> = all.iter().copied().step_by(all.len().div_ceil(5_000).max(1)).collect();
    let laws = censored::FAMILIES.iter().filter_map(|f| censored::fit(*f, &few));
    let aic = |p: &Patience| 2.0 * p.numbers.len() as f64 - 2.0 * p.estimate.ln_likelihood;
    laws.min_by(|a, b| aic(a).total_cmp(&aic(b)))
}

/// Reads what is about to be written as `run` would, so that nothing is written that does not run.
fn check(written: &Written) -> Result<(), Failure> {
    let files = Snapshot::of(written.files.iter().map(|(p, t)| (p.into(), t.clone().into())).collect());
    for name in &written.scenarios {
        load_through(&files, name.as_ref(), &Overrides::default())?;
    }
    Ok(())
}

fn put(into: &Path, written: &Written) -> Result<Vec<String>, Failure> {
    if let Some((name, _)) = written.files.iter().find(|(name, _)| into.join(name).exists()) {
        return Err(Failure::Failed(format!(
            "{} is there already and is not overwritten; choose another folder with --into",
            into.join(name).display()
        )));
    }
    let folder = Folder::create(into)?;
    let data = Folder::create(&into.join("data"))?;
    let mut paths = Vec::new();
    for (name, contents) in &written.files {
        let path = match name.strip_prefix("data/") {
            Some(inner) => data.write(inner, contents.as_bytes())?,
            None => folder.write(name, contents.as_bytes())?,
        };
        paths.push(path.display().to_string());
    }
    Ok(paths)
}

fn tell(
    printer: &Printer,
    found: &Found,
    streams: &[Option<Stream>],
    written: &Written,
    paths: &[String],
) -> Result<(), Failure> {
    let Some((series, _)) = &found.series else { return Ok(()) };
    let mut known: Vec<&Stream> = streams.iter().flatten().collect();
    let all = if series.places.len() > 1 { arrivals::stream(series, None) } else { None };
    known.extend(&all);
    let between = arrivals::between_places(series);
    if printer.json() {
        let document = json!({ "read": found.said, "streams": known, "between_places": between, "notes": written.notes, "files": paths });
        return printer.results(&json::document(&document)?);
    }
    let mut text = found.said.join("\n") + "\n";
    if known.is_empty() {
        text.push_str("\nThe record has fewer than two whole weeks: how its days differ cannot be told.\n");
    } else {
        text.push_str(&words::streams(&known, between));
    }
    for note in &written.notes {
        text.push_str(&format!(
            "\n{}",
            poolwise_report::table::paragraph(note, poolwise_report::table::WIDTH)
        ));
    }
    text.push('\n');
    for path in paths {
        text.push_str(&format!("wrote {path}\n"));
    }
    printer.results(&text)?;
    let scenarios: Vec<&String> =
        paths.iter().filter(|p| written.scenarios.iter().any(|s| p.ends_with(s.as_str()))).collect();
    let list = scenarios.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" ");
    let command = if scenarios.len() > 1 { "compare" } else { "run" };
    printer.note(&format!("Next: poolwise {command} {list}"));
    Ok(())
}
