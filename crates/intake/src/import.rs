//! Scenarios from a planner's own files: each is read for what it is, what they say together is written.

use crate::IntakeError;
use crate::arrivals::{self, Stream};
use crate::counts::{Series, counts};
use crate::durations::{Durations, durations, waits};
use crate::events::{Also, events};
use crate::facts::{self, SheetTable};
use crate::fit::{self, Fit, Observed, Patience, Shift, censored};
use crate::forecast::{self, DemandForecast};
use crate::grid;
use crate::history::history;
use crate::holidays::{self, Holiday};
use crate::join::{JoinedTable, join};
use crate::kinds::{more_places, once};
use crate::missing_days::{self, filled, missing_days};
use crate::pattern::{Patterns, patterns_of};
use crate::persons;
use crate::problem::{Problem, TablePlace};
use crate::read::{Book, ReadProgress};
use crate::recognise::{TableShape, shape};
use crate::remarks::remarks;
use crate::roster::{Codes, RecordedRoster, roster};
use crate::scenario::{self, HandlingTimes, Material, WrittenFiles};
use crate::shifts::persons as persons_by_day;
use crate::tables::of_sheet;
use crate::values::unit_name;
use crate::ways::Said;
use jiff::tz::TimeZone;
use poolwise_scenario::{Overrides, Snapshot, load_through, time_zone};
use poolwise_study::number;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// What is asked of files.
#[derive(Debug, Clone)]
pub struct ImportRequest<'a> {
    /// The files, in any order.
    pub files: &'a [PathBuf],
    /// The sheet to read of workbooks that have one of that name; all sheets of others.
    pub sheet: Option<&'a str>,
    /// What the files leave open.
    pub said: Said,
    /// Their time zone, such as Europe/Amsterdam; none where the clock never changes.
    pub zone: Option<&'a str>,
    /// What in time means for `done within`, seconds.
    pub target: f64,
    /// How long a request takes on average, seconds, where no file of durations says it.
    pub handling: Option<f64>,
    /// Holidays: codes of countries, and dates.
    pub holidays: &'a [String],
    /// Weeks to foresee after the record; 0: none.
    pub ahead: usize,
}

/// What files say, and the scenarios made of it.
#[derive(Debug, Clone)]
pub struct Import {
    /// What was read and how, for people.
    pub said: Vec<String>,
    /// Figures of each place that has enough of a record, and of all of them together where there are several.
    pub streams: Vec<Stream>,
    /// Mean correlation of the days of different places, chance of counts among it, if there are several.
    pub between_places: Option<f64>,
    /// The law of arrivals, where the record is long enough.
    pub patterns: Option<Patterns>,
    /// What comes after the record, if it was asked for.
    pub forecast: Option<DemandForecast>,
    /// The files to write.
    pub written: WrittenFiles,
}

/// What the files hold, each with the file's name.
#[derive(Default)]
struct Found {
    series: Vec<JoinedTable>,
    codes: Codes,
    durations: Option<(Durations, String)>,
    waits: Option<(Vec<Observed>, String)>,
    roster: Option<(RecordedRoster, String)>,
    /// Mean handling time of a report, seconds, and its file.
    mean: Option<(f64, String)>,
    /// Whether times and waits come from logs of events.
    from_logs: [bool; 2],
    /// What was read and how, for people.
    said: Vec<String>,
    /// Columns of times in logs of events of which the names do not say what they are.
    unknown: Vec<String>,
    /// Names of all sheets, and whether the one asked for is among them.
    sheets: Vec<String>,
    sheet_seen: bool,
}

/// Reads a planner's files and makes scenarios that run; nothing is written.
///
/// # Errors
/// If anything in the files cannot be understood, or no scenario can be made of them.
pub fn import(asked: &ImportRequest<'_>, watch: &dyn ReadProgress) -> Result<Import, IntakeError> {
    let zone = asked.zone.map(zone).transpose()?;
    let mut found = Found::default();
    let mut sheets = Vec::new();
    for path in asked.files {
        read(path, asked, watch, &mut found, &mut sheets)?;
    }
    // What letters in a roster mean is known before the roster is read.
    sheets.sort_by_key(|s| !matches!(s.shape, TableShape::Codes { .. }));
    for sheet in &sheets {
        take(sheet, (&asked.said, zone.as_ref()), watch, &mut found)?;
    }
    if let Some(named) = asked.sheet.filter(|_| !found.sheet_seen) {
        let file = asked.files.first().map_or_else(String::new, |f| f.display().to_string());
        let names = found.sheets.iter().map(|s| format!("`{s}`")).collect::<Vec<_>>().join(", ");
        let problem = Problem::new(TablePlace::sheet(&file, None), format!("no file has a sheet `{named}`"));
        let help = if names.is_empty() {
            "none of the files is a workbook: take `--sheet` away".to_owned()
        } else {
            format!("there are {names}")
        };
        return Err(problem.help(help).into());
    }
    let joined = join(std::mem::take(&mut found.series))?;
    if let Some((_, _, notes)) = &joined {
        found.said.extend(notes.iter().cloned());
    }
    let joined = joined.map(|(series, file, _)| (series, file));
    let Some((series, counts_file)) = &joined else {
        let file = asked.files.first().map_or_else(String::new, |f| f.display().to_string());
        let what = "none of the files says how many requests come, and when";
        return Err(Problem::new(TablePlace::sheet(&file, None), what)
            .help("name a file of counts by interval, or of events")
            .into());
    };
    let holidays = holidays_of(series, asked)?;
    let missing = missing_days(series, &holidays);
    let not_recorded = missing_days::told(series, &missing, &mut found.said);
    let whole = filled(series, &missing);
    let streams: Vec<Option<Stream>> =
        (0..series.places.len()).map(|p| arrivals::stream_of(series, Some(p), &missing)).collect();
    let fit = match &found.durations {
        Some((d, file)) => Some((fitted(d, file)?, d, file)),
        None => None,
    };
    let patience = found.waits.as_ref().and_then(|(w, file)| Some((patience(w)?, file)));
    let handling = match (&fit, asked.handling) {
        (_, Some(seconds)) => HandlingTimes::Said(seconds),
        (Some((fit, d, file)), None) => HandlingTimes::Recorded(fit, &d.seconds, file, d.unit),
        (None, None) if found.mean.is_some() => {
            let (seconds, file) = found.mean.as_ref().map_or((0.0, ""), |(s, f)| (*s, f.as_str()));
            HandlingTimes::Mean(seconds, file)
        }
        (None, None) => {
            let what = "none of the files says how long a request takes";
            let mut problem = Problem::new(TablePlace::sheet(counts_file, None), what);
            if !found.unknown.is_empty() {
                problem = problem.help(format!(
                    "{} hold times too: call the beginning of the work `Answered` and its end `Ended`",
                    found.unknown.join(", ")
                ));
            }
            return Err(problem.help("name a file of durations, or write `--handling \"12 min\"`").into());
        }
    };
    let patterns = patterns_of(series, &holidays, &missing);
    let forecast = foreseen(&whole, asked.ahead, counts_file)?;
    let material = Material {
        series: &whole,
        not_recorded: &not_recorded,
        counts_file,
        streams: &streams,
        handling,
        roster: found.roster.as_ref().map(|(r, f)| (r, f.as_str())),
        patience: patience.as_ref().map(|(p, f)| (p, f.as_str())),
        zone: asked.zone,
        target: asked.target,
        patterns: patterns.as_ref(),
        holidays: &holidays,
        forecast: forecast.as_ref(),
    };
    let written = scenario::write(&material)?;
    check(&written)?;
    let all = if series.places.len() > 1 { arrivals::stream_of(series, None, &missing) } else { None };
    let between_places = arrivals::between_places(series, &missing);
    let streams = streams.into_iter().flatten().chain(all).collect();
    Ok(Import { said: found.said, streams, between_places, patterns, forecast, written })
}

/// Holidays from the first day of the record to a year after the last.
fn holidays_of(series: &Series, asked: &ImportRequest<'_>) -> Result<Vec<Holiday>, Problem> {
    let (Some(first), Some(last)) = (series.rows.first(), series.rows.last()) else { return Ok(Vec::new()) };
    let until = last.0.date().checked_add(jiff::Span::new().years(1)).unwrap_or(last.0.date());
    holidays::asked(asked.holidays, first.0.date(), until)
}

/// What comes after the record, if it was asked for.
fn foreseen(series: &Series, ahead: usize, file: &str) -> Result<Option<DemandForecast>, Problem> {
    if ahead == 0 {
        return Ok(None);
    }
    forecast::forecast(series, ahead).map(Some).ok_or_else(|| {
        let known = forecast::weeks(series).0.len();
        Problem::new(
            TablePlace::sheet(file, None),
            format!("the record has {known} whole weeks from Monday to Sunday: too few to foresee others"),
        )
        .help(format!("give {} weeks or more, or take `--ahead` away", forecast::LEAST))
    })
}

/// The zone of that name, from the program's own tables.
fn zone(name: &str) -> Result<TimeZone, IntakeError> {
    time_zone(name).ok_or_else(|| IntakeError::NoZone(name.to_owned()))
}

fn short(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned())
}

/// A table and what it is.
struct Sheet {
    book: Rc<Book>,
    table: SheetTable,
    shape: TableShape,
    /// File and sheet, for people.
    label: String,
    /// What it is called: the sheet, or the file without its ending.
    name: String,
}

/// Finds out what stands in all sheets of one file.
fn read(
    path: &Path,
    asked: &ImportRequest<'_>,
    watch: &dyn ReadProgress,
    found: &mut Found,
    out: &mut Vec<Sheet>,
) -> Result<(), Problem> {
    let book = Rc::new(Book::open(path)?);
    let all = book.sheets()?;
    let hidden = book.hidden()?;
    let sheets = match asked.sheet {
        Some(named)
            if all.iter().any(|s| s.as_deref() == Some(named)) || hidden.iter().any(|s| s == named) =>
        {
            found.sheet_seen = true;
            vec![Some(named.to_owned())]
        }
        _ => all,
    };
    found.sheets.extend(sheets.iter().flatten().chain(&hidden).cloned());
    for name in hidden.iter().filter(|h| asked.sheet != Some(h.as_str())) {
        found
            .said
            .push(format!("{}, sheet `{name}`: hidden, left out (`--sheet {name:?}` reads it)", short(path)));
    }
    let before = out.len();
    for sheet in sheets {
        for table in of_sheet(&book, sheet.as_deref(), watch)? {
            let mut label =
                sheet.as_ref().map_or_else(|| short(path), |s| format!("{}, sheet `{s}`", short(path)));
            if let Some(name) = &table.name {
                label.push_str(&format!(", table `{name}`"));
            }
            let no_value = |c: &facts::Facts| c.numbers + c.dates + c.clocks + c.spans + c.two_parts == 0;
            if table.columns.iter().all(no_value) && persons_by_day(&table).is_none() {
                found.said.push(format!("{label}: text alone, left out"));
                continue;
            }
            let name = sheet.clone().unwrap_or_else(|| {
                path.file_stem().map_or_else(|| label.clone(), |n| n.to_string_lossy().into_owned())
            });
            let shape = shape(&table)?;
            out.push(Sheet { book: Rc::clone(&book), table, shape, label, name });
        }
    }
    if out.len() == before {
        return Err(Problem::new(TablePlace::sheet(&book.name, None), "there is no table in this file")
            .help("columns are told by commas, semicolons, tabs or bars between them: save it as CSV or as xlsx"));
    }
    Ok(())
}

/// A series of counts in a line.
fn line_of(s: &Series) -> String {
    let width = match s.width {
        86_400 => "by day".to_owned(),
        3_600 => "by hour".to_owned(),
        w => format!("by {} min", w / 60),
    };
    let (first, last) = (s.rows.first().map(|r| r.0.date()), s.rows.last().map(|r| r.0.date()));
    let dates = first.zip(last).map_or(String::new(), |(a, b)| format!(" from {a} to {b}"));
    let places = if s.places.len() == 1 {
        format!("one place (`{}`)", s.places[0])
    } else {
        format!(
            "{} places ({})",
            s.places.len(),
            s.places.iter().take(12).map(|p| format!("`{p}`")).collect::<Vec<_>>().join(", ")
        )
    };
    format!("counts {width}{dates}, {places}, {} requests", number::fixed(s.total() as f64, 0, false))
}

/// Reads one table for what it is.
fn take(
    sheet: &Sheet,
    (said, zone): (&Said, Option<&TimeZone>),
    watch: &dyn ReadProgress,
    found: &mut Found,
) -> Result<(), Problem> {
    let Sheet { book, table, shape, label, name } = sheet;
    let mut notes: Vec<String> = table.view.read_as.clone();
    let part = |series: Series| JoinedTable {
        series,
        label: label.clone(),
        name: table.name.clone().unwrap_or_else(|| name.clone()),
        titled: table.name.is_some(),
    };
    let line = match shape {
        TableShape::Counts { .. } => {
            let mut series = counts(book, table, shape, (said, zone), watch)?;
            notes.append(&mut series.notes);
            let line = line_of(&series);
            found.series.push(part(series));
            line
        }
        TableShape::Grid { .. } => {
            let mut series = grid::read(book, table, shape, (said, zone), watch)?;
            notes.append(&mut series.notes);
            let line = line_of(&series);
            found.series.push(part(series));
            line
        }
        TableShape::Events { .. } => {
            let (mut series, also) = events(book, table, shape, (said, zone), watch)?;
            notes.append(&mut series.notes);
            let line = format!("events; {}", line_of(&series));
            found.series.push(part(series));
            beside(also, label, &mut notes, found);
            line
        }
        TableShape::Durations { duration, groups } => {
            let d = durations(book, table, (*duration, groups), said, watch)?;
            let line = format!("{} durations in {}", d.seen, unit_name(d.unit));
            // A workbook may hold the same times as a file beside it.
            match &found.durations {
                Some((first, other)) if first.seconds == d.seconds => {
                    notes.push(format!("the same as in {other}"))
                }
                _ => once(&mut found.durations, d, label, "durations", table)?,
            }
            line
        }
        TableShape::Waits { wait, abandoned } => {
            let w = waits(book, table, (*wait, *abandoned), said, watch)?;
            let line = format!("{} waits and how they ended", w.seen);
            once(&mut found.waits, w.observed, label, "waits", table)?;
            line
        }
        TableShape::ShiftCounts { .. }
        | TableShape::ShiftLog { .. }
        | TableShape::Persons { .. }
        | TableShape::Coverage(_) => {
            let mut r = roster(book, table, shape, (said, &found.codes), watch)?;
            notes.append(&mut r.notes);
            if let (Some(own), [(place, _)]) = (&table.name, &mut r.places[..])
                && place.is_empty()
            {
                place.clone_from(own);
            }
            let lines: usize = r.places.iter().map(|p| p.1.len()).sum();
            let line = format!(
                "a roster of {lines} {} at {} place{}",
                if r.by_interval { "intervals" } else { "shifts" },
                r.places.len(),
                if r.places.len() == 1 { "" } else { "s" }
            );
            more_places(&mut found.roster, r, label, table)?;
            line
        }
        TableShape::Codes { .. } => {
            let codes = persons::codes(book, table, shape, watch)?;
            let line = format!("what {} codes of shifts mean", codes.len());
            found.codes.extend(codes);
            line
        }
        TableShape::History(h) => {
            let past = history(book, table, h, said, watch)?;
            let series = crate::history::series(&past);
            let line = format!("a report of what was delivered; {}", line_of(&series));
            if let Some(mean) = past.mean_handling().filter(|_| found.mean.is_none()) {
                notes.push(format!("its mean handling time is {}", number::duration(mean / 3600.0)));
                found.mean = Some((mean, label.to_owned()));
            }
            found.series.push(part(series));
            line
        }
    };
    notes.extend(remarks(table, shape));
    found.said.push(format!("{label}: {line} ({})", table.form));
    found.said.extend(notes.into_iter().map(|n| format!("  {n}")));
    Ok(())
}

/// What call records say beside arrivals: handling times and waits, unless files of their own do.
fn beside(also: Also, label: &str, notes: &mut Vec<String>, found: &mut Found) {
    found.unknown.extend(also.unknown.iter().cloned());
    // One log after the other: a month each.
    let [times, waits] = found.from_logs;
    if let Some((d, _)) = found.durations.as_mut().filter(|_| times) {
        d.seen += also.handling.seen;
        d.seconds.extend(&also.handling.kept);
    }
    if let Some((w, _)) = found.waits.as_mut().filter(|_| waits) {
        w.extend(&also.waits.kept);
    }
    if also.handling.seen > 1 && found.durations.is_none() {
        found.from_logs[0] = true;
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
    if also.lost > 0 && found.waits.is_none() {
        found.from_logs[1] = true;
        notes.push(format!("{} waits, {} of them given up", also.waits.seen, also.lost));
        found.waits = Some((also.waits.kept, label.to_owned()));
    }
}

fn fitted(d: &Durations, file: &str) -> Result<Fit, Problem> {
    fit::fit(&d.seconds, Shift::None).ok_or_else(|| {
        Problem::new(
            TablePlace::sheet(file, None).column(&d.column),
            "there are fewer than two different times",
        )
        .help("write `--handling \"12 min\"` instead")
    })
}

/// The law of patience: the best by likelihood.
fn patience(all: &[Observed]) -> Option<Patience> {
    if all.iter().filter(|o| o.ended).count() < 20 {
        return None;
    }
    let few: Vec<Observed> = all.iter().copied().step_by(all.len().div_ceil(5_000).max(1)).collect();
    let laws = censored::FAMILIES.iter().filter_map(|f| censored::fit_untested(*f, &few));
    let aic = |p: &Patience| 2.0 * p.numbers.len() as f64 - 2.0 * p.estimate.ln_likelihood;
    laws.min_by(|a, b| aic(a).total_cmp(&aic(b)))
}

/// Reads what is about to be written as `run` would, so that nothing is written that does not run.
fn check(written: &WrittenFiles) -> Result<(), IntakeError> {
    let files = Snapshot::of(written.files.iter().map(|(p, t)| (p.into(), t.clone().into())).collect());
    for name in written.scenarios.iter().chain(&written.beside) {
        load_through(&files, name.as_ref(), &Overrides::default())?;
    }
    Ok(())
}
