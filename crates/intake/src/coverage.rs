//! Rosters by interval: how many officers are at work in each half-hour or hour, of dated days, of a week or of any day.

use crate::cell::Cell;
use crate::columns::{is_clock, is_date, is_label};
use crate::counts::{NONE_ARRIVE, Series, counts};
use crate::dates::weekday;
use crate::facts::{Facts, SheetTable};
use crate::grid;
use crate::problem::Problem;
use crate::read::{Book, ReadProgress};
use crate::recognise::TableShape;
use crate::roster::{FoundShifts, RecordedRoster, RecordedShift, day_of, days, minutes, of_week, weeks_of};
use crate::totals::is_total_row;
use crate::values::CellValues;
use crate::ways::{Said, reading};
use crate::words::{OFFICERS, PLACE, SHIFT, STAFF, TIME, TOTAL, has_word, says};
use jiff::civil::Time;
use std::collections::BTreeSet;

/// What of a table says how many are at work, and when.
#[derive(Debug, Clone, PartialEq)]
pub enum Coverage {
    /// By dated intervals, as counts of requests would be.
    Dated(Box<TableShape>),
    /// A row for each time of day, perhaps of each day of the week and place.
    Times {
        /// Column of times of day.
        time: usize,
        /// Column of days of the week.
        day: Option<usize>,
        /// Column of places.
        place: Option<usize>,
        /// Columns of officers: one, one for each place, or one for each day of the week.
        officers: Vec<usize>,
    },
    /// A row for each day of the week and a column for each time of day.
    Days {
        /// Column of days of the week.
        day: usize,
        /// Columns and their times.
        times: Vec<(usize, Time)>,
        /// Column of places.
        place: Option<usize>,
    },
}

/// Words that say of numbers that they are of officers.
const NEEDED: &[&str] = &[
    "needed",
    "required",
    "requirement",
    "requirements",
    "coverage",
    "cover",
    "on duty",
    "benodigd",
    "bedarf",
    "nodig",
    "requis",
];

/// Whether the texts above a table, its sheet or its file say that its numbers are of officers.
pub(crate) fn is_of_officers(table: &SheetTable) -> bool {
    let file = std::path::Path::new(&table.place.file).file_stem().map(|s| s.to_string_lossy().into_owned());
    // Sheets that nobody gave a name say as little as a text file's.
    let plain = |name: &str| {
        let name = name.to_lowercase();
        ["sheet", "blad", "tabelle", "feuil", "hoja", "table"].iter().any(|w| name.starts_with(w))
    };
    let sheet = table.sheet.as_deref();
    let mut texts = vec![table.title.as_str()];
    texts.extend(sheet);
    texts.extend(file.as_deref().filter(|_| sheet.is_none_or(plain)));
    let words: Vec<&str> = [STAFF, SHIFT, NEEDED].concat();
    // `Calls answered by all staff` are calls.
    let of_requests =
        texts.iter().any(|text| has_word(text, REQUESTS)) || table.used().any(|(_, c)| says(c, REQUESTS));
    !of_requests && texts.iter().any(|text| has_word(text, &words))
}

/// Words that say of numbers that they are of requests.
const REQUESTS: &[&str] = &[
    "calls",
    "tickets",
    "requests",
    "arrivals",
    "contacts",
    "volume",
    "volumes",
    "incidents",
    "cases",
    "demand",
    "offered",
    "received",
    "anrufe",
    "f\u{e4}lle",
    "gesprekken",
    "meldingen",
    "appels",
    "llamadas",
    "jobs",
    "visits",
    "bookings",
    "orders",
    "patients",
    "alarms",
    "events",
];

/// Finds a roster by interval without dates; one with shifts of a length is another's.
pub(crate) fn coverage(table: &SheetTable) -> Option<TableShape> {
    let of_officers = is_of_officers(table);
    if table.used().any(|(_, c)| is_date(c)) {
        return None;
    }
    let names_days = |c: &Facts| {
        c.texts > 0
            && c.mostly(c.texts)
            && c.values.keys().all(|v| days(v).is_some() || crate::totals::is_total_word(v))
    };
    let day = table.used().find(|(_, c)| names_days(c)).map(|c| c.0);
    let free = |i: usize| Some(i) != day;
    let place = table.find(PLACE, is_label).filter(|i| free(*i));
    if let (Some(day), Some(times), true) = (day, grid::times(table), of_officers) {
        let place = place.filter(|p| times.iter().all(|t| t.0 != *p));
        return Some(TableShape::Coverage(Coverage::Days { day, times, place }));
    }
    let of_day = |c: &Facts| is_clock(c) && (says(c, TIME) || c.clocks > 0);
    let time = table.used().find(|(i, c)| free(*i) && of_day(c))?.0;
    let facts = &table.columns[time];
    let is_span = |v: &String| crate::dates::start_of_span(v).is_some_and(|s| s.1.is_some());
    let other = |i: usize| free(i) && i != time && Some(i) != place;
    let more_clocks = table.used().any(|(i, c)| {
        other(i) && (c.mostly(c.hours + c.clocks) || says(c, &["length", "duration", "until", "end"]))
    });
    if table.rows < LEAST || facts.values.keys().any(is_span) || more_clocks {
        return None;
    }
    let numbers: Vec<usize> = table
        .used()
        .filter(|(i, c)| other(*i) && c.mostly(c.numbers) && c.negative == 0 && !says(c, TOTAL))
        .map(|c| c.0)
        .collect();
    let staffed: Vec<usize> = numbers
        .iter()
        .copied()
        .filter(|i| says(&table.columns[*i], STAFF) || says(&table.columns[*i], NEEDED))
        .collect();
    let by_day: Vec<usize> =
        numbers.iter().copied().filter(|i| weekday(&table.columns[*i].name).is_some()).collect();
    let officers = match (of_officers, staffed.is_empty()) {
        (true, _) if by_day.len() >= 5 => by_day,
        (_, false) => staffed,
        (true, true) => numbers,
        (false, true) => return None,
    };
    (!officers.is_empty()).then_some(TableShape::Coverage(Coverage::Times { time, day, place, officers }))
}

/// Rows of a day from which on they are intervals rather than shifts.
const LEAST: u64 = 8;

/// The place that a column of officers names, without the words for officers.
fn place_of(name: &str) -> String {
    let words: Vec<&str> = name
        .split_whitespace()
        .filter(|w| ![OFFICERS, STAFF, NEEDED].iter().any(|list| has_word(w, list)))
        .collect();
    words.join(" ")
}

/// Reads a roster by interval.
///
/// # Errors
/// If a cell makes no sense, with its place, or intervals do not follow each other.
pub(crate) fn read(
    book: &Book,
    table: &SheetTable,
    coverage: &Coverage,
    said: &Said,
    watch: &dyn ReadProgress,
) -> Result<RecordedRoster, Problem> {
    let (order, found, weeks, mut notes) = match coverage {
        Coverage::Dated(shape) => {
            let series = match shape.as_ref() {
                TableShape::Grid { .. } => grid::read(book, table, shape, (said, None), watch)?,
                _ => counts(book, table, shape, (said, None), watch)?,
            };
            of_series(table, series)?
        }
        _ => of_any_week(book, table, coverage, said, watch)?,
    };
    let mut out = of_week(table, &order, &found, weeks)?;
    out.by_interval = true;
    notes.append(&mut out.notes);
    out.notes = notes;
    told(&mut out);
    Ok(out)
}

/// What is read, and the weeks that it is of.
type FoundCoverage = (Vec<String>, FoundShifts, [u64; 7], Vec<String>);

fn of_series(table: &SheetTable, series: Series) -> Result<FoundCoverage, Problem> {
    if series.width >= 86_400 {
        return Err(table
            .problem("these are officers by day: nothing says when in the day they are at work")
            .help("give officers by hour or half-hour, or shifts such as `07:00-15:00` and how many"));
    }
    let length = series.width / 60;
    let names: Vec<String> = series
        .places
        .iter()
        .map(|p| if p == crate::join::UNNAMED { String::new() } else { place_of(p) })
        .collect();
    let mut found = FoundShifts::new();
    let mut dates = BTreeSet::new();
    for (at, n) in &series.rows {
        dates.insert(at.date());
        for (name, n) in names.iter().zip(n) {
            found.entry((name.clone(), minutes(at.time()), length)).or_default()[day_of(at.date())] += n;
        }
    }
    let notes = series
        .notes
        .into_iter()
        .map(|n| n.replace(NONE_ARRIVE, "nobody is taken to be at work in them"))
        .collect();
    Ok((names, found, weeks_of(&dates), notes))
}

/// Officers of a week, or of any day of it.
fn of_any_week(
    book: &Book,
    table: &SheetTable,
    coverage: &Coverage,
    said: &Said,
    watch: &dyn ReadProgress,
) -> Result<FoundCoverage, Problem> {
    let (time, day, place, columns) = match coverage {
        Coverage::Times { time, day, place, officers } => (Some(*time), *day, *place, officers.clone()),
        Coverage::Days { day, times, place } => {
            (None, Some(*day), *place, times.iter().map(|t| t.0).collect())
        }
        Coverage::Dated(_) => return Err(table.problem("this is no roster of a week")),
    };
    let mut cells = CellValues {
        table,
        reading: reading(table, &[], &columns, said)?,
        zone: None,
        hours_from_one: false,
    };
    let hours = time.map(|t| &table.columns[t]);
    cells.hours_from_one = hours.is_some_and(|h| h.numbers > 0 && h.range.0 >= 1.0 && h.range.1 >= 24.0);
    let by_day = time.is_some()
        && columns.len() >= 5
        && columns.iter().all(|c| weekday(&table.columns[*c].name).is_some());
    let (mut order, mut read) = (Vec::<String>::new(), Vec::new());
    table.rows(book, watch, &mut |row, row_cells| {
        if row <= table.names_row || is_total_row(row_cells) {
            return Ok(());
        }
        let get = |i: usize| row_cells.get(i).unwrap_or(&Cell::Empty);
        let on = match day.map(|d| (d, get(d))) {
            None => [true; 7],
            Some((_, Cell::Text(text))) if days(text).is_some() => days(text).unwrap_or_default(),
            Some((d, cell)) => return Err(cells.wrong(row, d, cell, "days such as Mon-Fri, Sat or daily")),
        };
        for (i, c) in columns.iter().enumerate() {
            let own = &table.columns[*c].name;
            let name = match place.map(get) {
                Some(Cell::Text(name)) => name.to_string(),
                Some(Cell::Number(x)) => format!("{x}"),
                Some(other) => {
                    return Err(cells.wrong(row, place.unwrap_or(0), other, "the name of a place"));
                }
                None if by_day || time.is_none() || columns.len() == 1 => String::new(),
                None => place_of(own),
            };
            let at = match (time, coverage) {
                (None, Coverage::Days { times, .. }) => minutes(times[i].1),
                (t, _) => minutes(cells.clock(row, t.unwrap_or(0), get(t.unwrap_or(0)))?),
            };
            let on = if by_day { std::array::from_fn(|d| weekday(own) == Some(d)) } else { on };
            let n = cells.count(row, *c, get(*c))?.unwrap_or(0);
            if !order.contains(&name) {
                order.push(name.clone());
            }
            read.push((row, name, at, on, n));
        }
        Ok(())
    })?;
    // A table with a column for each place and one of all names the sum as if it were a place.
    let starts: BTreeSet<i64> = read.iter().map(|r| r.2).collect();
    let starts: Vec<i64> = starts.into_iter().collect();
    let step = starts.windows(2).map(|w| w[1] - w[0]).min().unwrap_or(1440);
    if starts.windows(2).any(|w| (w[1] - w[0]) % step != 0) || 1440 % step != 0 {
        return Err(table
            .problem("the times of day of this roster are not equally far apart")
            .help("write officers by hour, half or quarter of an hour; or shifts such as `07:00-15:00` and how many"));
    }
    let mut found = FoundShifts::new();
    let mut seen = std::collections::BTreeMap::new();
    for (row, name, at, on, n) in read {
        let slot = found.entry((name.clone(), at, step)).or_default();
        for d in (0..7).filter(|d| on[*d]) {
            if let Some(first) = seen.insert((name.clone(), at, d), row) {
                let shown = format!("{:02}:{:02}", at / 60, at % 60);
                return Err(Problem::new(
                    table.place.clone().row(row),
                    format!("officers for {shown} a second time: the first is row {first}"),
                )
                .help("write one row for each time of day, day and place"));
            }
            slot[d] += n;
        }
    }
    Ok((order, found, [1; 7], Vec::new()))
}

/// Shifts of a list that follow each other all day are intervals too.
pub(crate) fn as_intervals(roster: &mut RecordedRoster) {
    let in_a_row = |shifts: &[RecordedShift]| {
        let mut sorted: Vec<(i64, i64)> = shifts.iter().map(|s| (s.start, s.length)).collect();
        sorted.sort_unstable();
        sorted.len() as u64 >= LEAST
            && sorted.iter().all(|s| s.1 == sorted[0].1 && s.1 <= 120)
            && sorted.windows(2).all(|w| w[1].0 - w[0].0 >= w[0].1)
    };
    if !roster.places.is_empty() && roster.places.iter().all(|p| in_a_row(&p.1)) {
        roster.by_interval = true;
        told(roster);
    }
}

fn told(roster: &mut RecordedRoster) {
    roster
        .notes
        .push("officers by interval are taken to be at work: nobody of them absent or on a break".to_owned());
}
