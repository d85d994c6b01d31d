//! What `import` found: in words and a table, as JSON, and the scenarios in their folder.

use super::block::{Block, BlockCell};
use super::check;
use super::grid::wrap;
use super::page::Page;
use super::staffing::StaffingFigures;
use super::told::Told;
use super::write::Folder;
use super::{ReportError, number, table};
use poolwise_intake::arrivals::Stream;
use poolwise_intake::fit::Interval;
use poolwise_intake::import::Import;
use poolwise_intake::pattern::YEAR;
use poolwise_intake::scenario::WrittenFiles;
use poolwise_scenario::Overrides;
use poolwise_study::Study;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn cell(x: impl Into<String>) -> BlockCell {
    BlockCell { value: x.into(), ..BlockCell::default() }
}

/// The streams' figures side by side.
fn streams(streams: &[Stream], between: Option<f64>) -> (Vec<Block>, Vec<String>) {
    let figure = |x: f64, d: usize| number::fixed(x, d, false);
    let range = |i: &Interval, d: usize| BlockCell {
        value: figure(i.base, d),
        interval: Some(format!("[{}, {}]", figure(i.low, d), figure(i.high, d))),
        remark: None,
    };
    let at = |(hour, rate): (usize, f64)| cell(format!("{} at {hour:02}h", figure(rate, 2)));
    let rates = Block {
        title: "How requests arrive: rate, and hours of the day over the mean; 95 % intervals".to_owned(),
        header: ["Place", "Per hour", "Most", "Least", "At weekends, %"].map(str::to_owned).to_vec(),
        rows: streams
            .iter()
            .map(|s| {
                vec![
                    cell(s.name.clone()),
                    range(&s.per_hour, 2),
                    if s.daily { cell("n/a") } else { at(s.peak) },
                    if s.daily { cell("n/a") } else { at(s.trough) },
                    cell(figure(100.0 * s.weekend, 1)),
                ]
            })
            .collect(),
    };
    let spread = Block {
        title: "How much they vary: variance over mean (1 is pure chance), and the random factor of each day"
            .to_owned(),
        header: ["Place", "Hours", "Days", "Within the day", "Day factor, CV", "Next day's correlation"]
            .map(str::to_owned)
            .to_vec(),
        rows: streams
            .iter()
            .map(|s| {
                vec![
                    cell(s.name.clone()),
                    if s.daily { cell("n/a") } else { cell(figure(s.hourly_dispersion, 2)) },
                    cell(figure(s.daily_dispersion, 2)),
                    if s.daily { cell("n/a") } else { range(&s.within_day, 2) },
                    range(&s.day_factor, 3),
                    cell(figure(s.autocorrelation, 2)),
                ]
            })
            .collect(),
    };
    let mut notes = vec![
        "Variances are within the quarter of the year and hour or day of the week; within the day: what is left of the hours' when the day's factor is taken out; its interval is from whole weeks of the record drawn anew 400 times. Correlations are those of totals, which chance of counts makes smaller; what factors have, with intervals, the law of arrivals says.".to_owned(),
    ];
    if let Some(r) = between {
        notes.push(format!(
            "Between places, days' totals go together with a mean correlation of {}.",
            figure(r, 2)
        ));
    }
    (vec![rates, spread], notes)
}

/// A share in per cent.
fn percent(x: f64) -> String {
    number::fixed(100.0 * x, 1, false)
}

/// What came on holidays, where some were named.
fn holidays(found: &Import) -> Option<String> {
    let p = found.patterns.as_ref()?;
    let one = "One holiday in the record is kept out of the profile; how much less comes on such days one alone does not tell.";
    match &p.holidays {
        Some(h) => Some(format!(
            "On holidays ({} in the record) {} % of an ordinary day's requests came [{}, {}].",
            p.seen_holidays,
            percent(h.base),
            percent(h.low),
            percent(h.high)
        )),
        None => (p.seen_holidays > 0).then(|| one.to_owned()),
    }
}

/// The law of arrivals in sentences; `typed` for whoever has a command line before them.
fn law(found: &Import, typed: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(p) = &found.patterns {
        let growing = p.places.iter().filter(|x| x.course.growth.is_some()).count();
        let seasonal = p.places.iter().filter(|x| x.months.is_some()).count();
        let thin = p.places.iter().map(|x| x.own_weight).sum::<f64>() / p.places.len().max(1) as f64;
        lines.push(format!(
            "The law of arrivals is in fitted.toml: rate, profile of the week, {}day factor and bursts. Profiles are smoothed: \
             a step's own mean has a weight of {} % on average, the rest comes from its weekday and time of day.",
            match (seasonal > 0, growing > 0) {
                (true, true) => "months, growth, ",
                (true, false) => "months, ",
                (false, true) => "growth, ",
                (false, false) => "",
            },
            number::fixed(100.0 * thin, 0, false)
        ));
        let show = |f: &dyn Fn(&poolwise_intake::pattern::Pattern) -> f64| {
            let all: Vec<f64> = p.places.iter().map(f).collect();
            let (low, high) = all.iter().fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(*x), h.max(*x)));
            let (low, high) = (number::fixed(low, 2, false), number::fixed(high, 2, false));
            if low == high { low } else { format!("{low} to {high}") }
        };
        lines.push(format!(
            "Bursts within a day make days differ too. Without their part the law has a day factor of CV {}, which has a correlation with the next day's \
             of {}; within the day the variance is {} times the mean{}.",
            show(&|x| x.day_cv.base),
            match &p.places[..] {
                [one] => one.autocorrelation.shown(|x| number::fixed(x, 2, false)),
                _ => show(&|x| x.autocorrelation.base),
            },
            show(&|x| x.dispersion.base),
            p.between.as_ref().map_or_else(String::new, |r| {
                let shown = |x: f64| number::fixed(x, 2, false);
                format!("; factors of different places have a correlation of {}", r.shown(shown))
            })
        ));
        if p.days >= YEAR {
            let same = p.places.iter().all(|x| x.course.why == p.places[0].course.why);
            let shown = if same { &p.places[..1] } else { &p.places[..] };
            let of = |x: &poolwise_intake::pattern::Pattern| {
                if same { x.course.why.clone() } else { format!("{}: {}", x.name, x.course.why) }
            };
            lines.push(format!("Season or trend: {}.", shown.iter().map(of).collect::<Vec<_>>().join("; ")));
        }
        if p.days < YEAR {
            lines.push(format!(
                "The record has {} days, less than a year: it does not tell how months differ, nor a season from a trend. \
                 fitted.toml has no months; give a year of counts or more and they are found.{}",
                p.days,
                if found.forecast.is_none() && typed {
                    " Level and trend of the weeks to come, with intervals: `--ahead 8`."
                } else {
                    ""
                }
            ));
        }
    }
    lines
}

/// What is foreseen, in sentences.
fn foreseen(found: &Import) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(f) = &found.forecast {
        let signed = |x: f64| number::fixed(100.0 * x, 1, true);
        let growth = &f.growth;
        lines.push(format!(
            "The {} weeks to come: {} % of the record's level [{}, {}], by {}. In the {} weeks held out it was off by {} %{}. \
             Over the whole record demand changed by {} % a year [{}, {}]{}.",
            f.weeks.len(),
            percent(f.level.base),
            percent(f.level.low),
            percent(f.level.high),
            f.way.name(),
            f.held_out,
            f.scores.first().map_or_else(String::new, |s| percent(s.error)),
            f.scores.get(1).map_or_else(String::new, |s| format!(", the next best ({}) by {} %", s.way.name(), percent(s.error))),
            signed(growth.base),
            signed(growth.low),
            signed(growth.high),
            if f.weeks_known < 52 { ": with less than a year that may be a season, no growth" } else { "" }
        ));
        lines.push(
            "Such intervals held 93 to 99 of 100 streams of each kind made by known laws, fewest where level or slope wandered far from week to week."
                .to_owned(),
        );
    }
    lines
}

/// Writes the files into a folder in which none of them is yet; gives their paths.
///
/// # Errors
/// If one is there already, or cannot be written.
pub fn put(into: &Path, written: &WrittenFiles) -> Result<Vec<PathBuf>, ReportError> {
    if let Some((name, _)) = written.files.iter().find(|(name, _)| into.join(name).exists()) {
        return Err(ReportError::There(into.join(name)));
    }
    let create = |path: &Path| Folder::create(path).map_err(|e| e.chosen_by("--into DIR"));
    let (folder, data) = (create(into)?, create(&into.join("data"))?);
    let mut paths = Vec::new();
    for (name, contents) in &written.files {
        paths.push(match name.strip_prefix("data/") {
            Some(inner) => data.write(inner, contents.as_bytes())?,
            None => folder.write(name, contents.as_bytes())?,
        });
    }
    Ok(paths)
}

/// Paths as people read them.
fn shown(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|p| p.display().to_string()).collect()
}

/// What a file is, after its name.
fn what(name: &str) -> &'static str {
    match name {
        "today.toml" => ": the places as they are; its last lines tell of the variants",
        "night-desk.toml" => ": variant, all night shifts at one desk",
        "one-centre.toml" => ": variant, everything at one centre",
        "fitted.toml" => ": today's staffing, arrivals by their law",
        "forecast.toml" => ": today's staffing, the weeks to come",
        "data/demand.toml" => ": what comes in and how long it takes, for all of them",
        "data/arrivals.csv" => ": the counts in one form",
        "data/durations.csv" => ": the times themselves",
        "data/profile.csv" => ": profiles of the week with limits",
        "data/forecast.csv" => ": the weeks foreseen",
        _ => "",
    }
}

/// Who is there and what is expected of them in the first of the scenarios just written; `None` if it cannot be read any more.
pub fn today(found: &Import, paths: &[PathBuf]) -> Option<StaffingFigures> {
    let first = scenarios(found, paths).first()?.to_path_buf();
    let study = Study::load(&[first], &Overrides::default()).ok()?;
    Some(StaffingFigures::of(&study.scenarios().first()?.model))
}

/// The answer: how many come and when, and whether today's officers, `staffing`, keep up.
fn answer(found: &Import, staffing: Option<&StaffingFigures>) -> Vec<String> {
    let come = found.streams.last().map_or_else(|| SHORT.to_owned(), |s| come(s, found.streams.len()));
    [come].into_iter().chain(staffing.map(check::sentence)).collect()
}

/// How many requests come, and when, at so many streams of which that is the last.
fn come(s: &Stream, streams: usize) -> String {
    let figure = |x: f64| number::fixed(x, 2, false);
    let places = match streams {
        1 => String::new(),
        // The last is all places together.
        n => format!("At {} places together ", n - 1),
    };
    let rate = &s.per_hour;
    let rate =
        format!("{} requests an hour come [{}, {}]", figure(rate.base), figure(rate.low), figure(rate.high));
    let hours = match s.daily {
        true => String::new(),
        false => format!(
            ": {} times the mean at {:02}:00, {} times at {:02}:00",
            figure(s.peak.1),
            s.peak.0,
            figure(s.trough.1),
            s.trough.0
        ),
    };
    format!("{places}{rate}{hours}; {} % of them at weekends.", percent(s.weekend))
}

/// The answer, how requests arrive, what was read, what was assumed, which files were written, for a terminal; how much counts
/// vary and their law if all is wanted. `staffing` is today's.
pub fn text(
    found: &Import,
    paths: &[PathBuf],
    staffing: Option<&StaffingFigures>,
    look: table::TableLook,
) -> String {
    let width = look.width;
    let mut text = table::paragraph(&answer(found, staffing).join(" "), width);
    let (blocks, notes) = match found.streams.is_empty() {
        true => (Vec::new(), Vec::new()),
        false => streams(&found.streams, found.between_places),
    };
    for block in blocks.iter().take(if look.verbose { blocks.len() } else { 1 }) {
        text.push_str(&format!("\n{}", table::titled(block, width)));
    }
    text.push('\n');
    text.extend(found.said.iter().map(|said| wrap(said, width, 2)));
    let more = if look.verbose { [notes, law(found, true)].concat() } else { Vec::new() };
    let kept = holidays(found).into_iter().chain(foreseen(found)).chain(found.written.notes.iter().cloned());
    for note in more.into_iter().chain(kept) {
        text.push_str(&format!("\n{}", table::paragraph(&note, width)));
    }
    text.push('\n');
    for (path, (name, _)) in shown(paths).iter().zip(&found.written.files) {
        text.push_str(&wrap(&format!("wrote {path}{}", what(name)), width, 2));
    }
    text
}

/// What a short record leaves open.
const SHORT: &str = "The record has fewer than two whole weeks: how its days differ cannot be told.";

/// What was read of each table in one line: what the terminal has below it, indented, goes on after a semicolon.
fn in_a_line(said: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for one in said {
        match (one.strip_prefix("  "), lines.last_mut()) {
            (Some(more), Some(line)) => {
                line.push_str("; ");
                line.push_str(more);
            }
            _ => lines.push(one.clone()),
        }
    }
    lines
}

/// Everything in its parts: the answer, how requests arrive, what was read and assumed, and the command that comes next, `next`.
pub fn told(found: &Import, paths: &[PathBuf], staffing: Option<&StaffingFigures>, next: &str) -> Told {
    let wrote: String = shown(paths).iter().map(|path| format!("wrote {path}\n")).collect();
    let notes = [read(found), notes(found, true)].concat();
    let blocks = blocks(found);
    Told { head: answer(found, staffing), blocks, notes, advice: format!("{wrote}\n{next}") }
}

fn blocks(found: &Import) -> Vec<Block> {
    if found.streams.is_empty() {
        return Vec::new();
    }
    streams(&found.streams, found.between_places).0
}

/// What was read, a line a table.
fn read(found: &Import) -> Vec<String> {
    without_backticks(in_a_line(&found.said))
}

/// How tables are to be read, the law of arrivals, what is foreseen, what was assumed.
fn notes(found: &Import, typed: bool) -> Vec<String> {
    let mut notes = match found.streams.is_empty() {
        true => Vec::new(),
        false => streams(&found.streams, found.between_places).1,
    };
    notes.extend(holidays(found));
    notes.extend(law(found, typed));
    notes.extend(foreseen(found));
    notes.extend(found.written.notes.iter().cloned());
    without_backticks(notes)
}

/// Backticks are of the terminal.
fn without_backticks(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().map(|said| said.replace('`', "")).collect()
}

/// The same as a page, on which changes of the scenarios, `study`, can be simulated if `engine`; `command` made it.
pub fn page(
    found: &Import,
    (paths, next): (&[PathBuf], &str),
    staffing: Option<&StaffingFigures>,
    study: &Study,
    command: String,
    engine: bool,
) -> Page {
    let told = Told { notes: notes(found, false), ..told(found, paths, staffing, next) };
    let title = "What the files hold, and the scenarios made from them".to_owned();
    let page = Page::told("Import", title, told, Vec::new()).of_scenarios(study, Some(command), engine);
    Page { intro: read(found).join("\n\n"), ..page }
}

/// The same as data.
pub fn json(found: &Import, paths: &[PathBuf], staffing: Option<&StaffingFigures>) -> Value {
    json!({
        "answer": answer(found, staffing),
        "read": found.said,
        "streams": found.streams,
        "between_places": found.between_places,
        "law": found.patterns,
        "forecast": found.forecast,
        "notes": found.written.notes,
        "files": shown(paths),
    })
}

/// The paths that are options of one demand, in the order to show.
pub fn scenarios<'p>(found: &Import, paths: &'p [PathBuf]) -> Vec<&'p Path> {
    of(&found.written.scenarios, paths)
}

/// The paths that are scenarios of another demand.
pub fn beside<'p>(found: &Import, paths: &'p [PathBuf]) -> Vec<&'p Path> {
    of(&found.written.beside, paths)
}

fn of<'p>(names: &[String], paths: &'p [PathBuf]) -> Vec<&'p Path> {
    paths.iter().filter(|p| names.iter().any(|s| p.ends_with(s))).map(PathBuf::as_path).collect()
}
