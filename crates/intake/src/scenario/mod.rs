//! Scenarios that run, with the source of each number beside it: today's staffing, and the options that merge it.

mod fitted;
mod staff;
mod words;

use crate::arrivals::Stream;
use crate::counts::Series;
use crate::fit::{Fit, Patience};
use crate::forecast::DemandForecast;
use crate::holidays::Holiday;
use crate::pattern::Patterns;
use crate::problem::Problem;
use crate::roster::RecordedRoster;
use jiff::civil::Date;
use words::{duration, interval, key, share_interval, text};

/// Everything that was found out.
#[derive(Debug)]
pub struct Material<'m> {
    /// The counts of arrivals.
    pub series: &'m Series,
    /// Days without a record, in sentences.
    pub not_recorded: &'m [String],
    /// Where they came from.
    pub counts_file: &'m str,
    /// Figures of each place, in their order; `None` where the record is too short.
    pub streams: &'m [Option<Stream>],
    /// Times of handling.
    pub handling: HandlingTimes<'m>,
    /// Who works when, and the file it came from.
    pub roster: Option<(&'m RecordedRoster, &'m str)>,
    /// Patience, and the file.
    pub patience: Option<(&'m Patience, &'m str)>,
    /// Time zone.
    pub zone: Option<&'m str>,
    /// Service target, seconds.
    pub target: f64,
    /// The law of arrivals, where the record is long enough.
    pub patterns: Option<&'m Patterns>,
    /// Holidays of the record and of what comes after it.
    pub holidays: &'m [Holiday],
    /// What comes after the record, if it was asked for.
    pub forecast: Option<&'m DemandForecast>,
}

/// What is known of handling times.
#[derive(Debug)]
pub enum HandlingTimes<'m> {
    /// A record and its fit, the file, and seconds of its unit.
    Recorded(&'m Fit, &'m [f64], &'m str, f64),
    /// The user's word, seconds.
    Said(f64),
    /// The mean of a report, seconds, and its file.
    Mean(f64, &'m str),
}

/// Files to write, by path inside the folder.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenFiles {
    /// Path and contents.
    pub files: Vec<(String, String)>,
    /// Scenarios among them that are options of one demand, in the order to show.
    pub scenarios: Vec<String>,
    /// Scenarios of another demand: its fitted law, the weeks to come.
    pub beside: Vec<String>,
    /// What was assumed and why, for people.
    pub notes: Vec<String>,
}

/// First Monday of the record, whole weeks in it, and whether its days are drawn.
struct RecordWindow {
    start: Date,
    weeks: i64,
    days: i64,
}

fn window(series: &Series) -> Option<RecordWindow> {
    let (first, last) = (series.rows.first()?.0, series.rows.last()?.0);
    let least = series.rows.iter().map(|r| r.0.time()).min()?;
    let most = series.rows.iter().map(|r| r.0.time()).max()?;
    let begin = if first.time() <= least { first.date() } else { first.date().tomorrow().ok()? };
    let end = if last.time() >= most { last.date().tomorrow().ok()? } else { last.date() };
    let days = i64::from(begin.until(end).ok()?.get_days());
    let to_monday = (7 - i64::from(begin.weekday().to_monday_zero_offset())) % 7;
    let start = begin.checked_add(jiff::Span::new().days(to_monday)).ok()?;
    let weeks = (days - to_monday).max(0) / 7;
    Some(RecordWindow { start: if weeks > 0 { start } else { begin }, weeks, days })
}

/// Writes the scenarios.
///
/// # Errors
/// If roster and counts do not go together, or the record is too short.
pub fn write(m: &Material<'_>) -> Result<WrittenFiles, Problem> {
    let mut notes = Vec::new();
    let place = || crate::problem::TablePlace::sheet(m.counts_file, None);
    let window = window(m.series).filter(|w| w.days >= 1).ok_or_else(|| {
        Problem::new(place(), "the record has no whole day").help("give the counts of a week or more")
    })?;
    let plan = staff::plan(m, &mut notes)?;
    let mut files = vec![("data/arrivals.csv".to_owned(), m.series.csv())];
    if let HandlingTimes::Recorded(fit, seconds, ..) = &m.handling
        && fit.best().is_none()
    {
        files.push(("data/durations.csv".to_owned(), durations_csv(seconds)));
    }
    files.push(("data/demand.toml".to_owned(), demand(m, &window, &mut notes)));
    let (mut scenarios, mut beside) = (Vec::new(), Vec::new());
    for (name, contents) in plan {
        scenarios.push(name.clone());
        files.push((name, contents));
    }
    if let Some(patterns) = m.patterns {
        files.push(("data/profile.csv".to_owned(), patterns.csv()));
        files.push(("fitted.toml".to_owned(), fitted::fitted(m, patterns, &window)));
        beside.push("fitted.toml".to_owned());
    }
    if let Some((f, contents)) = m.forecast.and_then(|f| Some((f, fitted::ahead(m, f)?))) {
        files.push(("data/forecast.csv".to_owned(), fitted::csv(f)));
        files.push(("forecast.toml".to_owned(), contents));
        beside.push("forecast.toml".to_owned());
    }
    Ok(WrittenFiles { files, scenarios, beside, notes })
}

fn durations_csv(seconds: &[f64]) -> String {
    let mut out = String::from("seconds\n");
    for s in seconds {
        out.push_str(&format!("{}\n", words::digits(*s, 6)));
    }
    out
}

/// Demand and workflow, which all options share.
fn demand(m: &Material<'_>, window: &RecordWindow, notes: &mut Vec<String>) -> String {
    let mut out = format!(
        "# Written by `poolwise import`. What comes in and how long it takes: shared by the options beside this folder.\n\
         # Counts: {}.\n",
        m.counts_file
    );
    m.not_recorded.iter().for_each(|said| out.push_str(&format!("# {}\n", said.replace('\n', " "))));
    out.push('\n');
    out.push_str("officer = \"officer\" # what tables and sentences call them: write your own word, such as \"agent\"\n\n[run]\n");
    let weeks = window.weeks.clamp(0, 52);
    out.push_str(&format!("start = {} # the first Monday of the record\n", window.start));
    match m.zone {
        Some(zone) => out.push_str(&format!("time_zone = {} # as asked for\n", text(zone))),
        None => out.push_str("time_zone = \"UTC\" # none was given: times are taken as they stand, without changes of the clock\n"),
    }
    let length = if weeks > 0 { format!("{weeks} weeks") } else { format!("{} days", window.days) };
    out.push_str(&format!("horizon = \"{length}\" # as long as the record, a year at most\n"));
    if weeks == 0 {
        out.push_str("whole_weeks = false\n");
    }
    out.push_str(&format!(
        "target = {} # assumption unless you asked for it: what in time means\n\n",
        duration(m.target)
    ));
    out.push_str("[workforce]\nhours_per_week = 40 # assumption\nplanned_availability = 0.85 # assumption: the rest is leave and training\n\n");
    classes(m, window, &mut out, notes);
    out.push_str(&workflow(m, notes));
    out
}

/// A place's name, and its recorded arrivals as a trace of that file.
fn trace<'m>(m: &Material<'m>, place: usize, file: &str, resample: &str, more: &str) -> (&'m str, String) {
    let series = m.series;
    let name = series.places[place].as_str();
    let kind = if series.width == 3600 { "hourly-counts" } else { "interval-counts" };
    let width = if series.width == 3600 {
        String::new()
    } else {
        format!(", width = {}", duration(series.width as f64))
    };
    let area = if series.places.len() > 1 { format!(", area = {}", text(name)) } else { String::new() };
    let column = text(name);
    let line = format!(
        "{{ file = \"{file}\", kind = \"{kind}\", column = \"time\", count_column = {column}{width}{area}{resample}{more} }}"
    );
    (name, line)
}

fn classes(m: &Material<'_>, window: &RecordWindow, out: &mut String, notes: &mut Vec<String>) {
    let series = m.series;
    let resample = if window.weeks >= 4 {
        out.push_str("# Arrivals: each replication draws whole recorded weeks, so that the pattern of the week, good and bad days,\n# bursts within a day and what places have in common stay as they were. `factor` holds what the record leaves\n# open of the level: 95 % of its draws lie in the interval of the mean from the differences between weeks.\n");
        ", resample = \"weeks\""
    } else if window.days >= 14 {
        out.push_str("# Arrivals: each replication draws recorded days, each from those of its weekday.\n");
        ", resample = \"days\""
    } else {
        notes.push(format!(
            "the record has {} days: it is replayed as it is, so that intervals hold no uncertainty of demand; two weeks or more would",
            window.days
        ));
        out.push_str("# Arrivals: the record is too short to draw from, and is replayed as it is.\n");
        ""
    };
    for i in 0..series.places.len() {
        let stream = m.streams.get(i).and_then(Option::as_ref);
        let (factor, comment) = match stream {
            Some(s) if s.per_hour.base > 0.0 && !resample.is_empty() => {
                let i = &s.per_hour;
                let relative = crate::fit::Interval { base: 1.0, low: i.low / i.base, high: i.high / i.base };
                (
                    format!(", factor = {}", share_interval(&relative)),
                    format!(
                        "# {} per hour [{}, {}]; variance over mean of hourly counts {}\n",
                        words::digits(i.base, 4),
                        words::digits(i.low, 4),
                        words::digits(i.high, 4),
                        words::digits(s.hourly_dispersion, 3)
                    ),
                )
            }
            _ => (String::new(), String::new()),
        };
        out.push_str(&comment);
        let (name, line) = trace(m, i, "arrivals.csv", resample, &factor);
        out.push_str(&format!("[class.{}]\ntrace = {line}\n", key(name)));
        if let Some((p, file)) = m.patience {
            let mean = p.numbers.first().map_or_else(String::new, |n| interval(&n.interval, 1.0));
            out.push_str(&format!(
                "# Patience from {file}, waits of those served counting as longer (Kaplan and Meier, then the law by likelihood)\ndeadline = {{ after = {}, until = {{ start = \"handle\" }}, exit = \"gave-up\" }}\n",
                words::law(&p.estimate.law, &mean, 1.0)
            ));
        }
        out.push('\n');
    }
}

fn workflow(m: &Material<'_>, notes: &mut Vec<String>) -> String {
    let (time, comment) = match &m.handling {
        HandlingTimes::Mean(s, file) => (
            format!("{{ exponential = {} }}", duration(*s)),
            format!("# Handling time: the mean of {file}; that it is exponential is an assumption, since no durations were given"),
        ),
        HandlingTimes::Said(s) => (
            format!("{{ exponential = {} }}", duration(*s)),
            "# Handling time: as you said; that it is exponential is an assumption, since no durations were given".to_owned(),
        ),
        HandlingTimes::Recorded(fit, _, file, unit) => match fit.best() {
            Some(best) => {
                let mean = best.numbers.first().map_or_else(String::new, |n| interval(&n.interval, *unit));
                (
                    words::law(&best.estimate.law, &mean, *unit),
                    format!(
                        "# Handling time from {file}: {} times, a {} law by likelihood (P {}); the mean's range is its 95 % interval",
                        fit.times.n(),
                        best.estimate.law.family.name(),
                        words::digits(best.goodness.map_or(0.0, |g| g.p_value), 2)
                    ),
                )
            }
            None => {
                notes.push(format!("no law fits the times of {file}: the recorded times themselves are drawn"));
                (
                    "{ empirical = { file = \"durations.csv\", column = \"seconds\", unit = \"s\" } }".to_owned(),
                    format!("# Handling time: the {} times of {file} themselves, since no law fits them", fit.times.n()),
                )
            }
        },
    };
    let mut out = format!(
        "{comment}\n[stage.handle]\nservice = {{ role = \"officer\", time = {time} }}\nnext = \"answered\"\n\n[stage.answered]\nexit = true\n"
    );
    if m.patience.is_some() {
        out.push_str("\n[stage.gave-up]\nexit = true\n");
    }
    out
}
