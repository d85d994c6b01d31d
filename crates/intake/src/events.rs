//! Lists of events and call records: counts by interval, handling times and waits.

use crate::cell::Cell;
use crate::collector::{Collector, MOST, mark};
use crate::columns::{When, is_date};
use crate::counts::{Series, doubled, said_of, seconds_between, unused};
use crate::durations::{Sample, gave_up};
use crate::facts::{Facts, SheetTable};
use crate::fit::Observed;
use crate::problem::Problem;
use crate::read::{Book, ReadProgress};
use crate::recognise::TableShape;
use crate::totals::{is_total_of, last_row_is_total};
use crate::values::{CellValues, unit_of};
use crate::ways::{Said, reading};
use crate::words::says;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What else a list of events says.
#[derive(Debug, Default)]
pub struct Also {
    /// Handling times, seconds.
    pub handling: Sample<f64>,
    /// Waits and whether they were given up.
    pub waits: Sample<Observed>,
    /// How many of all waits were given up.
    pub lost: u64,
    /// Handling times by place and by hour of the day, some thousands of each.
    pub divided: [BTreeMap<String, Vec<f64>>; 2],
    /// Columns of times of which the names do not say what they are, where handling times are missing.
    pub unknown: Vec<String>,
}

/// Words for numbers that each row has for itself.
const IDS: &[&str] = &[
    "id",
    "ticket",
    "reference",
    "ref",
    "nr",
    "no",
    "n\u{ba}",
    "number",
    "nummer",
    "num\u{e9}ro",
    "n\u{fa}mero",
    "case",
    "uuid",
    "key",
    "vorgang",
    "ticketnummer",
    "caller",
];

/// Whether most cells of a column differ from the others, as numbers of cases do and their kinds do not; every row may stand twice.
fn is_numbering(c: &Facts) -> bool {
    let different = if c.values.is_empty() { c.range.1 - c.range.0 + 1.0 } else { c.values.len() as f64 };
    c.many || 5.0 * different >= 2.0 * c.filled as f64
}

/// Rows that were seen before, among the two to four million before each: all of a file in bounded memory.
#[derive(Debug, Default)]
struct Doubles {
    now: HashSet<u64>,
    before: HashSet<u64>,
    found: u64,
}

impl Doubles {
    const MOST: usize = 2_000_000;

    fn again(&mut self, mark: u64) -> bool {
        if self.before.contains(&mark) || !self.now.insert(mark) {
            self.found += 1;
            return true;
        }
        if self.now.len() == Self::MOST {
            self.before = std::mem::take(&mut self.now);
        }
        false
    }
}

/// Most times of a place or an hour that are compared with those of others.
const MOST_OF_GROUP: usize = 5_000;

/// Reads a list of events: counts by interval, handling times and waits.
///
/// # Errors
/// If a row makes no sense, with its place.
pub fn events(
    book: &Book,
    table: &SheetTable,
    shape: &TableShape,
    (said, zone): (&Said, Option<&TimeZone>),
    watch: &dyn ReadProgress,
) -> Result<(Series, Also), Problem> {
    let TableShape::Events { when, place, answered, ended, duration, wait, abandoned } = shape else {
        return Err(table.problem("these are no events"));
    };
    let dates: Vec<usize> = [Some(when.columns()[0]), *answered, *ended].into_iter().flatten().collect();
    let lengths: Vec<usize> = [*duration, *wait].into_iter().flatten().collect();
    let mut cells = CellValues {
        table,
        reading: reading(table, &dates, &lengths, said)?,
        zone: zone.cloned(),
        hours_from_one: false,
    };
    let mut notes = Vec::new();
    said_of(table, *when, &mut cells, &mut notes)?;
    let duration_unit = duration.map(|d| unit_of(table, d, said.unit)).transpose()?;
    let wait_unit = wait.map(|w| unit_of(table, w, said.unit)).transpose()?;
    let mut all = Collector::new(if place.is_none() { vec!["requests".to_owned()] } else { Vec::new() });
    let mut also = Also::default();
    let mut minutes = [0_u64; 60];
    let mut odd = 0_u64;
    let mut strange: Option<String> = None;
    let days = matches!(when, When::Days(_));
    let used: Vec<usize> = when
        .columns()
        .into_iter()
        .chain([*place, *answered, *ended, *duration, *wait, *abandoned].into_iter().flatten())
        .collect();
    // With a number of its own in each row, a row that stands twice is one request.
    let numbered =
        table.used().find(|(i, c)| !used.contains(i) && says(c, IDS) && is_numbering(c)).map(|c| c.0);
    let mut doubles = Doubles::default();
    let skip_totals = last_row_is_total(table);
    table.rows(book, watch, &mut |row, row_cells| {
        if row <= table.names_row || (skip_totals && is_total_of(row_cells, &when.columns())) {
            return Ok(());
        }
        let get = |i: usize| row_cells.get(i).unwrap_or(&Cell::Empty);
        if numbered.is_some() && doubles.again(mark(row_cells)) {
            return Ok(());
        }
        let at = cells.when(row, row_cells, *when)?;
        minutes[usize::try_from(at.minute()).unwrap_or(0)] += 1;
        let quarter = at.minute() / 15 * 15;
        let start = if days { at } else { at.date().at(at.hour(), quarter, 0, 0) };
        let p = match place {
            Some(p) => match get(*p) {
                Cell::Text(name) => all.place(&cells, row, name)?,
                Cell::Number(x) => all.place(&cells, row, &format!("{x}"))?,
                other => return Err(cells.wrong(row, *p, other, "the name of a place")),
            },
            None => 0,
        };
        all.add(start, p);
        if all.cells > MOST {
            return Err(table
                .problem("more intervals and places than can be held")
                .help("take fewer years or places"));
        }
        let moment = |c: Option<usize>| match c.map(|c| (c, get(c))) {
            None | Some((_, Cell::Empty)) => Ok(None),
            Some((c, cell)) => cells.moment(row, c, cell).map(Some),
        };
        let (begun, over) = (moment(*answered)?, moment(*ended)?);
        let lost = match abandoned {
            Some(c) => gave_up(get(*c), &table.columns[*c]).unwrap_or_else(|| {
                strange.get_or_insert_with(|| get(*c).shown());
                false
            }),
            None => begun.is_none() && answered.is_some(),
        };
        let handled = match (duration, begun, over) {
            (Some(d), ..) => cells.seconds(row, *d, get(*d), duration_unit.unwrap_or(1.0))?,
            (None, Some(b), Some(o)) => Some(seconds_between(b, o) as f64),
            _ => None,
        };
        let waited = match (wait, begun, over) {
            (Some(w), ..) => cells.seconds(row, *w, get(*w), wait_unit.unwrap_or(1.0))?,
            (None, Some(b), _) => Some(seconds_between(at, b) as f64),
            (None, None, Some(o)) if lost => Some(seconds_between(at, o) as f64),
            _ => None,
        };
        match handled {
            Some(s) if s < 0.0 => odd += 1,
            Some(s) if !lost => {
                also.handling.put(s);
                let place = if place.is_some() { all.names.get(p).cloned() } else { None };
                let hour = (!days).then(|| format!("{:02}h", at.hour()));
                for (map, key) in also.divided.iter_mut().zip([place, hour]) {
                    let Some(list) = key.map(|k| map.entry(k).or_default()) else { continue };
                    if list.len() < MOST_OF_GROUP {
                        list.push(s);
                    }
                }
            }
            _ => {}
        }
        match waited {
            Some(s) if s < 0.0 => odd += 1,
            Some(time) => {
                also.lost += u64::from(lost);
                also.waits.put(Observed { time, ended: lost });
            }
            None => {}
        }
        Ok(())
    })?;
    if doubles.found > 0 {
        notes.push(doubled(doubles.found, ""));
    }
    notes.extend(unused(table, &used));
    if also.handling.seen == 0 {
        let others = table.used().filter(|(i, c)| !used.contains(i) && is_date(c) && c.with_time > 0);
        also.unknown = others.map(|(_, c)| format!("`{}`", c.name)).collect();
    }
    if odd > 0 {
        notes.push(format!("{odd} events end before they begin; their times are left out"));
    }
    if let Some(word) = strange {
        notes.push(format!("outcomes such as {word} are taken as served: of those given up say `abandoned`"));
    }
    let mut hourly = false;
    if let Some(text) = heaped(&minutes) {
        notes.push(text);
        hourly = true;
    }
    let series = from_events(all, (days, hourly), notes);
    Ok((series, also))
}

/// Names minutes at which far more events lie than chance gives.
pub(crate) fn heaped(minutes: &[u64; 60]) -> Option<String> {
    let all: u64 = minutes.iter().sum();
    if all < 200 {
        return None;
    }
    let even = all as f64 / 60.0;
    let heaps: BTreeSet<usize> = (0..60).filter(|m| minutes[*m] as f64 > 3.0 * even).collect();
    if heaps.is_empty() {
        return None;
    }
    let shown: Vec<String> = heaps
        .iter()
        .take(6)
        .map(|m| format!("{:.1} % at :{m:02}", 100.0 * minutes[*m] as f64 / all as f64))
        .collect();
    Some(format!(
        "minutes are heaped: {}, where 1.7 % each would be even; people rounded them, so that counts are taken by the hour",
        shown.join(", ")
    ))
}

/// Every interval from the first day to the last has its row: where nothing came, nothing was written.
fn from_events(all: Collector, (days, hourly): (bool, bool), notes: Vec<String>) -> Series {
    let places = all.names.len();
    let width = if days {
        86_400
    } else if hourly {
        3_600
    } else {
        900
    };
    let mut rows: BTreeMap<DateTime, Vec<u64>> = BTreeMap::new();
    if let (Some((first, _)), Some((last, _))) = (all.rows.first_key_value(), all.rows.last_key_value()) {
        let mut at = first.date().to_datetime(jiff::civil::Time::midnight());
        let end = last.date().to_datetime(jiff::civil::Time::midnight());
        let step = jiff::SignedDuration::from_secs(width);
        while seconds_between(at, end) > -86_400 && rows.len() < MOST / places.max(1) {
            rows.insert(at, vec![0; places]);
            match at.checked_add(step) {
                Ok(next) => at = next,
                Err(_) => break,
            }
        }
    }
    for (at, slot) in all.rows {
        let start = if hourly { at.date().at(at.hour(), 0, 0, 0) } else { at };
        let to = rows.entry(start).or_insert_with(|| vec![0; places]);
        for (to, n) in to.iter_mut().zip(&slot.n) {
            *to += n;
        }
    }
    Series { places: all.names, width, rows: rows.into_iter().collect(), notes }
}
